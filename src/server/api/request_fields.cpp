#include "server/api/request_fields.h"

#include <algorithm>
#include <array>

namespace forkjail::server {
namespace {

using Field = RequestField;

// One row for each field of the contract, in the order of the enum. A field outside this table is
// an error.
constexpr std::array kFields{
    RequestFieldRow{Field::script, "script", "a string"},
    RequestFieldRow{Field::args, "args", "an object (main(**args)) or an array (main(*args))"},
    RequestFieldRow{Field::stdin_text, "stdin", "a string"},
    RequestFieldRow{Field::files, "files", "an array"},
    RequestFieldRow{Field::env, "env", "an object of strings"},
    RequestFieldRow{Field::limits, "limits", "an object of numbers"},
    RequestFieldRow{Field::verbose, "verbose", "true or false"},
};

}  // namespace

const RequestFieldRow& row_of(RequestField field) {
  return kFields.at(static_cast<std::size_t>(field));
}

const RequestFieldRow* find_request_field(std::string_view name) {
  const auto row = std::ranges::find(kFields, name, &RequestFieldRow::name);
  return row == kFields.end() ? nullptr : &*row;
}

bool accepts(RequestField field, JsonType type) {
  switch (field) {
    case Field::script:
    case Field::stdin_text:
      return type == JsonType::string;
    case Field::args:
      return type == JsonType::object || type == JsonType::array;
    case Field::files:
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

std::string request_field_names() {
  std::string names;
  for (const RequestFieldRow& row : kFields) {
    names.append(names.empty() ? "" : ", ").append(row.name);
  }
  return names;
}

}  // namespace forkjail::server
