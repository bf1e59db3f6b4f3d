#include "server/api/request_fields.h"

#include <algorithm>
#include <array>
#include <span>

#include "server/api/nearest_name.h"

namespace forkjail::server {
namespace {

using Field = RequestField;

// One row for each field of the contract, in the order of the enum. A field outside this table is
// an error.
constexpr std::array kFields{
    RequestFieldRow{Field::script, "script", "a string"},
    RequestFieldRow{Field::args, "args", "an object (main(**args)) or an array (main(*args))"},
    RequestFieldRow{Field::stdin_text, "stdin", "a string"},
    RequestFieldRow{Field::files, "files", "an array of {path, content, encoding}"},
    RequestFieldRow{Field::env, "env", "an object of strings"},
    RequestFieldRow{Field::limits, "limits", "an object of numbers"},
    RequestFieldRow{Field::mode, "mode", "\"main\", \"program\" or \"repl\""},
    RequestFieldRow{Field::include, "include", "an array of strings"},
    RequestFieldRow{Field::verbose, "verbose", "true or false"},
};

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

// In the order of AnswerPart.
constexpr std::array<std::string_view, 7> kAnswerParts{"stderr",  "usage",     "truncated", "files",
                                                       "display", "isolation", "details"};

std::string with_commas(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

}  // namespace

const RequestFieldRow& row_of(RequestField field) {
  return kFields.at(static_cast<std::size_t>(field));
}

const RequestFieldRow* find_request_field(std::string_view name) {
  const auto row = std::ranges::find(kFields, name, &RequestFieldRow::name);
  return row == kFields.end() ? nullptr : &*row;
}

// null is the same as leaving the field out, and the script cannot be left out.
bool accepts(RequestField field, JsonType type) {
  if (type == JsonType::null) return field != Field::script;
  switch (field) {
    case Field::script:
    case Field::stdin_text:
    case Field::mode:
      return type == JsonType::string;
    case Field::args:
      return type == JsonType::object || type == JsonType::array;
    case Field::files:
    case Field::include:
      return type == JsonType::array;
    case Field::env:
    case Field::limits:
      return type == JsonType::object;
    case Field::verbose:
      return type == JsonType::boolean;
  }
  return false;
}

std::string_view with_article(JsonType type) {
  constexpr std::array<std::string_view, 6> names{"an object", "an array",  "a string",
                                                  "a number",  "a boolean", "null"};
  return names.at(static_cast<std::size_t>(type));
}

std::string request_field_names() { return with_commas(kFieldNames); }

std::string_view meant_request_field(std::string_view name) {
  const auto* const other = std::ranges::find(kOtherNames, name, &OtherName::name);
  return other != kOtherNames.end() ? other->field : nearest_name(name, kFieldNames);
}

std::optional<AnswerPart> answer_part(std::string_view name) {
  const auto* const found = std::ranges::find(kAnswerParts, name);
  if (found == kAnswerParts.end()) return std::nullopt;
  return static_cast<AnswerPart>(found - kAnswerParts.begin());
}

std::string answer_part_names() { return with_commas(kAnswerParts); }

std::optional<protocol::RunMode> run_mode(std::string_view name) {
  const auto* const found = std::ranges::find(protocol::kRunModeNames, name);
  if (found == protocol::kRunModeNames.end()) return std::nullopt;
  return static_cast<protocol::RunMode>(found - protocol::kRunModeNames.begin());
}

}  // namespace forkjail::server
