#include "server/api/request_fields.h"

#include <algorithm>
#include <array>

#include "server/api/nearest_name.h"

namespace forkjail::server {
namespace {

using Field = RequestField;
using enum JsonType;

// In the order of AnswerPart.
constexpr std::array<std::string_view, 7> kAnswerParts{"stderr",  "usage",     "truncated", "files",
                                                       "display", "isolation", "details"};

// One row for each field of the contract, in the order of the enum. A field outside this table is
// an error.
constexpr std::array kFields{
    RequestFieldRow{.field = Field::script,
                    .name = "script",
                    .description = "Python source.",
                    .types = {string},
                    .expected = "a string",
                    .required = true,
                    .bytes_max = kScriptBytesMax},
    RequestFieldRow{.field = Field::args,
                    .name = "args",
                    .description = "Arguments of main(): main(**args) for an object, main(*args) "
                                   "for an array. In mode program an array of strings, which "
                                   "becomes sys.argv[1:].",
                    .types = {object, array},
                    .expected = "an object (main(**args)) or an array (main(*args))"},
    RequestFieldRow{.field = Field::stdin_text,
                    .name = "stdin",
                    .description = "What the script reads from standard input; empty if absent.",
                    .types = {string},
                    .expected = "a string"},
    RequestFieldRow{.field = Field::files,
                    .name = "files",
                    .description = "Files that are put into the working directory before the "
                                   "script runs.",
                    .types = {array},
                    .expected = "an array of {path, content, encoding}",
                    .element_types = {object},
                    .expected_elements = "objects with path and content",
                    .bytes_max = kFilesBytesMax,
                    .count_max = kFilesMax},
    RequestFieldRow{.field = Field::env,
                    .name = "env",
                    .description = "Environment variables of the script.",
                    .types = {object},
                    .expected = "an object of strings",
                    .element_types = {string},
                    .expected_elements = "a string",
                    .bytes_max = kEnvBytesMax,
                    .count_max = kEnvEntriesMax},
    RequestFieldRow{.field = Field::limits,
                    .name = "limits",
                    .description = "Limits of this run, at most the server's own.",
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
                    .types = {string},
                    .expected = "\"main\", \"program\" or \"repl\"",
                    .words = protocol::kRunModeNames},
    RequestFieldRow{.field = Field::include,
                    .name = "include",
                    .description = "Extra parts of the answer.",
                    .types = {array},
                    .expected = "an array of strings",
                    .element_types = {string},
                    .expected_elements = "a string",
                    .words = kAnswerParts,
                    .count_max = 64},  // a part may be named twice, not without end
    RequestFieldRow{.field = Field::verbose,
                    .name = "verbose",
                    .description = "true: answer with all extra parts.",
                    .types = {boolean},
                    .expected = "true or false"},
};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    if (kFields.at(i).field != static_cast<Field>(i)) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

constexpr auto kFieldNames = [] {
  std::array<std::string_view, kFields.size()> names;
  std::ranges::transform(kFields, names.begin(), &RequestFieldRow::name);
  return names;
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

std::span<const RequestFieldRow> execute_fields() { return kFields; }

const RequestFieldRow& row_of(RequestField field) {
  return kFields.at(static_cast<std::size_t>(field));
}

const RequestFieldRow* find_request_field(std::string_view name) {
  const auto* const row = std::ranges::find(kFields, name, &RequestFieldRow::name);
  return row == kFields.end() ? nullptr : row;
}

bool accepts(const RequestFieldRow& row, JsonType type) {
  return type == null ? !row.required : row.types.has(type);
}

std::string_view meant_request_field(std::string_view name) {
  const auto* const other = std::ranges::find(kOtherNames, name, &OtherName::name);
  return other != kOtherNames.end() ? other->field : nearest_name(name, kFieldNames);
}

std::optional<AnswerPart> answer_part(std::string_view name) {
  return word<AnswerPart>(kAnswerParts, name);
}

std::optional<protocol::RunMode> run_mode(std::string_view name) {
  return word<protocol::RunMode>(protocol::kRunModeNames, name);
}

}  // namespace forkjail::server
