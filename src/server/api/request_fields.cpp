#include "server/api/request_fields.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/enum_rows.h"
#include "server/api/nearest_name.h"

namespace forkjail::server {
namespace {

using Field = RequestField;
using enum JsonType;

// In the order of AnswerPart.
constexpr std::array<std::string_view, 7> kAnswerParts{"stderr",  "usage",     "truncated", "files",
                                                       "display", "isolation", "details"};

constexpr std::array<std::string_view, 2> kOnErrorNames{"keep", "rollback"};

constexpr RequestForms kRuns{RequestForm::execute, RequestForm::session_execute};
constexpr RequestForms kAll{RequestForm::execute, RequestForm::session_execute,
                            RequestForm::session};

// One row for each field of the contract, in the order of the enum. A field outside this table is
// an error.
constexpr std::array kFields{
    RequestFieldRow{.field = Field::script,
                    .name = "script",
                    .description = "Python source.",
                    .forms = kRuns,
                    .types = {string},
                    .expected = "a string",
                    .required = true,
                    .bytes_max = kScriptBytesMax},
    RequestFieldRow{.field = Field::args,
                    .name = "args",
                    .description = "Arguments of main(): main(**args) for an object, main(*args) "
                                   "for an array. In mode program an array of strings, which "
                                   "becomes sys.argv[1:].",
                    .forms = kRuns,
                    .types = {object, array},
                    .expected = "an object (main(**args)) or an array (main(*args))"},
    RequestFieldRow{.field = Field::stdin_text,
                    .name = "stdin",
                    .description = "What the script reads from standard input; empty if absent.",
                    .forms = kRuns,
                    .types = {string},
                    .expected = "a string"},
    RequestFieldRow{.field = Field::files,
                    .name = "files",
                    .description = "Files that are put into the working directory before the "
                                   "script runs.",
                    .forms = kAll,
                    .types = {array},
                    .expected = "an array of {path, content, encoding}",
                    .element_types = {object},
                    .expected_elements = "objects with path and content",
                    .bytes_max = kFilesBytesMax,
                    .count_max = kFilesMax},
    RequestFieldRow{.field = Field::env,
                    .name = "env",
                    .description = "Environment variables of the script.",
                    .forms = kAll,
                    .types = {object},
                    .expected = "an object of strings",
                    .element_types = {string},
                    .expected_elements = "a string",
                    .bytes_max = kEnvBytesMax,
                    .count_max = kEnvEntriesMax},
    RequestFieldRow{.field = Field::limits,
                    .name = "limits",
                    .description = "Limits of this run, at most the server's own.",
                    .forms = kAll,
                    .types = {object},
                    .expected = "an object of numbers",
                    .element_types = {number, null},
                    .expected_elements = "a number"},
    RequestFieldRow{.field = Field::mode,
                    .name = "mode",
                    .description = "How the source is run. main: as a module, then its main(), "
                                   "whose value is the result. program: as `python script.py`. "
                                   "repl: as a notebook's cell, whose last expression is the "
                                   "result.",
                    .forms = kRuns,
                    .types = {string},
                    .expected = "\"main\", \"program\" or \"repl\"",
                    .words = protocol::kRunModeNames},
    RequestFieldRow{.field = Field::include,
                    .name = "include",
                    .description = "Extra parts of the answer.",
                    .forms = kRuns,
                    .types = {array},
                    .expected = "an array of strings",
                    .element_types = {string},
                    .expected_elements = "a string",
                    .words = kAnswerParts,
                    .count_max = 64},  // a part may be named twice, not without end
    RequestFieldRow{.field = Field::verbose,
                    .name = "verbose",
                    .description = "true: answer with all extra parts.",
                    .forms = kRuns,
                    .types = {boolean},
                    .expected = "true or false"},
    RequestFieldRow{.field = Field::from,
                    .name = "from",
                    .description = "The state to start from; the session's latest if absent.",
                    .forms = {RequestForm::session_execute},
                    .types = {string},
                    .expected = "the name of a state"},
    RequestFieldRow{.field = Field::on_error,
                    .name = "on_error",
                    .description = "After an exception: keep what the script had done up to then, "
                                   "or rollback to the state before.",
                    .forms = {RequestForm::session_execute},
                    .types = {string},
                    .expected = "\"keep\" or \"rollback\"",
                    .words = kOnErrorNames},
};

static_assert(rows_in_order(kFields, &RequestFieldRow::field));

template <RequestForm kForm>
constexpr auto kRowsOf = [] {
  constexpr auto has = [](const RequestFieldRow& row) { return row.forms.has(kForm); };
  std::array<RequestFieldRow, static_cast<std::size_t>(std::ranges::count_if(kFields, has))> rows{};
  std::ranges::copy_if(kFields, rows.begin(), has);
  return rows;
}();

// Other systems' words for our fields.
struct OtherName {
  std::string_view name;
  std::string_view field;
};
constexpr std::array kOtherNames{
    OtherName{"code", "script"},       OtherName{"source", "script"},
    OtherName{"program", "script"},    OtherName{"arguments", "args"},
    OtherName{"params", "args"},       OtherName{"input", "stdin"},
    OtherName{"environment", "env"},   OtherName{"timeout", "limits"},
    OtherName{"attachments", "files"},
};

// The enumerator whose name in `words` this is.
template <typename Word>
std::optional<Word> word(std::span<const std::string_view> words, std::string_view name) {
  const auto found = std::ranges::find(words, name);
  if (found == words.end()) return std::nullopt;
  return static_cast<Word>(found - words.begin());
}

}  // namespace

std::span<const RequestFieldRow> fields_of(RequestForm form) {
  switch (form) {
    case RequestForm::execute:
      return kRowsOf<RequestForm::execute>;
    case RequestForm::session_execute:
      return kRowsOf<RequestForm::session_execute>;
    case RequestForm::session:
      return kRowsOf<RequestForm::session>;
  }
  return {};
}

const RequestFieldRow& row_of(RequestField field) {
  return kFields.at(static_cast<std::size_t>(field));
}

const RequestFieldRow* find_request_field(RequestForm form, std::string_view name) {
  const auto rows = fields_of(form);
  const auto row = std::ranges::find(rows, name, &RequestFieldRow::name);
  return row == rows.end() ? nullptr : &*row;
}

bool accepts(const RequestFieldRow& row, JsonType type) {
  return type == null ? !row.required : row.types.has(type);
}

std::string_view meant_request_field(RequestForm form, std::string_view name) {
  const auto* const other = std::ranges::find(kOtherNames, name, &OtherName::name);
  if (other != kOtherNames.end() && find_request_field(form, other->field) != nullptr) {
    return other->field;
  }
  std::vector<std::string_view> names;
  for (const RequestFieldRow& row : fields_of(form)) names.push_back(row.name);
  return nearest_name(name, names);
}

std::optional<AnswerPart> answer_part(std::string_view name) {
  return word<AnswerPart>(kAnswerParts, name);
}

std::optional<bool> rolls_back_errors(std::string_view name) {
  const auto index = word<std::size_t>(kOnErrorNames, name);
  return index ? std::optional(*index == 1) : std::nullopt;
}

std::optional<protocol::RunMode> run_mode(std::string_view name) {
  return word<protocol::RunMode>(protocol::kRunModeNames, name);
}

}  // namespace forkjail::server
