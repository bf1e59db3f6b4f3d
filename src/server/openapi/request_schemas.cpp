#include "server/openapi/request_schemas.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "server/api/file_fields.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::array kTypeNames{"object", "array", "string", "number", "boolean", "null"};

// "string", or ["string", "null"].
boost::json::value type_of(JsonTypes types, bool or_null) {
  array names;
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    const auto type = static_cast<JsonType>(i);
    if (types.has(type) || (or_null && type == JsonType::null))
      names.emplace_back(kTypeNames.at(i));
  }
  if (names.size() == 1) return names.front();
  return names;
}

void restrict_to(object& schema, std::span<const std::string_view> words, bool or_null) {
  if (words.empty()) return;
  array all;
  for (const std::string_view word : words) all.emplace_back(boost::json::string(word));
  if (or_null) all.emplace_back(nullptr);
  schema["enum"] = std::move(all);
}

template <typename Row>
void add_member(object& schema, const Row& row, object member) {
  schema["properties"].as_object()[row.name] = std::move(member);
  if (row.required) schema["required"].as_array().emplace_back(row.name);
}

// Of an object that has no other members.
object closed_object() {
  return {{"type", "object"},
          {"properties", object()},
          {"required", array()},
          {"additionalProperties", false}};
}

object file_schema() {
  object schema = closed_object();
  for (const FileMemberRow& row : file_member_rows()) {
    object member{{"type", type_of({JsonType::string}, !row.required)},
                  {"description", boost::json::string(row.description)}};
    if (row.bytes_max > 0) member["maxLength"] = row.bytes_max;
    restrict_to(member, row.words, !row.required);
    add_member(schema, row, std::move(member));
  }
  return schema;
}

template <typename Limits>
object limits_schema(std::span<const LimitRow<Limits>> rows, const Limits& maxima) {
  object members;
  for (const LimitRow<Limits>& row : rows) {
    members[row.name] = object{{"type", array{row.integral ? "integer" : "number", "null"}},
                               {"description", boost::json::string(row.description)},
                               {"minimum", row.smallest},
                               {"maximum", row.get(maxima)}};
  }
  return {{"properties", std::move(members)}, {"additionalProperties", false}};
}

void add_to(object& schema, object&& more) {
  for (auto& [name, value] : more) schema[name] = std::move(value);
}

// What its members or elements may be.
void add_elements(object& schema, const RequestFieldRow& row, RequestForm form,
                  const LimitMaxima& maxima) {
  if (row.field == RequestField::limits) {
    return add_to(schema, form == RequestForm::session
                              ? limits_schema(session_limit_rows(), maxima.session)
                              : limits_schema(run_limit_rows(), maxima.run));
  }
  const bool is_array = row.types.has(JsonType::array);
  if (row.expected_elements.empty()) {
    if (is_array) schema["items"] = object();  // of any type: generators of clients want it said
    return;
  }
  object elements{{"type", type_of(row.element_types, false)}};
  if (row.field == RequestField::files) elements = file_schema();
  if (is_array) restrict_to(elements, row.words, false);
  schema[is_array ? "items" : "additionalProperties"] = std::move(elements);
  if (row.count_max > 0) schema[is_array ? "maxItems" : "maxProperties"] = row.count_max;
}

std::string description_of(const RequestFieldRow& row) {
  std::string text(row.description);
  if (row.bytes_max > 0) text += " At most " + std::to_string(row.bytes_max) + " bytes.";
  return text;
}

object field_schema(const RequestFieldRow& row, RequestForm form, const LimitMaxima& maxima) {
  object schema{{"type", type_of(row.types, !row.required)}, {"description", description_of(row)}};
  const bool is_text = row.types.has(JsonType::string);
  // Bytes of UTF-8 are the limit, and a character has at least one.
  if (is_text && row.bytes_max > 0) schema["maxLength"] = row.bytes_max;
  if (is_text && row.required) schema["minLength"] = 1;
  if (is_text) restrict_to(schema, row.words, !row.required);
  add_elements(schema, row, form, maxima);
  return schema;
}

}  // namespace

object request_schema(RequestForm form, const LimitMaxima& maxima) {
  object schema = closed_object();
  for (const RequestFieldRow& row : fields_of(form))
    add_member(schema, row, field_schema(row, form, maxima));
  return schema;
}

}  // namespace forkjail::server
