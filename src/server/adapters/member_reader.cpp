#include "server/adapters/member_reader.h"

#include <utility>

namespace forkjail::server {
namespace {

std::string_view type_of(const boost::json::value& value) {
  using boost::json::kind;
  switch (value.kind()) {
    case kind::null:
      return "null";
    case kind::bool_:
      return "a boolean";
    case kind::string:
      return "a string";
    case kind::array:
      return "an array";
    case kind::object:
      return "an object";
    default:
      return "a number";
  }
}

std::string mismatch(std::string_view expected, const boost::json::value& value) {
  return "expected " + std::string(expected) + ", got " + std::string(type_of(value));
}

}  // namespace

MemberReader::MemberReader(const boost::json::value& value, std::string where)
    : object_(value.if_object()), where_(std::move(where)) {
  if (object_ != nullptr) return;
  // "params." is about params itself.
  std::string whole = where_.empty() ? "the body" : where_;
  if (whole.ends_with('.')) whole.pop_back();
  problem_ = RequestError{400, whole + ": " + mismatch("an object", value)};
}

const boost::json::value* MemberReader::find(std::string_view name) const {
  const boost::json::value* const value = object_ == nullptr ? nullptr : object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::optional<std::string_view> MemberReader::text(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* const text = value->if_string()) return std::string_view(*text);
  fail(name, mismatch("a string", *value));
  return std::nullopt;
}

std::string_view MemberReader::needed_text(std::string_view name) {
  if (object_ != nullptr && !has(name)) fail(name, "missing; send a string");
  return text(name).value_or(std::string_view());
}

std::optional<double> MemberReader::number(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->to_number<double>();
  fail(name, mismatch("a number", *value));
  return std::nullopt;
}

std::optional<std::int64_t> MemberReader::integer(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code ec;
  const auto number = value->is_number() ? value->to_number<std::int64_t>(ec) : 0;
  if (value->is_number() && !ec) return number;
  fail(name, value->is_number() ? "expected an integer" : mismatch("an integer", *value));
  return std::nullopt;
}

std::optional<bool> MemberReader::boolean(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const bool* const flag = value->if_bool()) return *flag;
  fail(name, mismatch("a boolean", *value));
  return std::nullopt;
}

const boost::json::array* MemberReader::array(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return nullptr;
  if (const auto* const array = value->if_array()) return array;
  fail(name, mismatch("an array", *value));
  return nullptr;
}

const boost::json::object* MemberReader::object(std::string_view name) {
  const boost::json::value* const value = find(name);
  if (value == nullptr) return nullptr;
  if (const auto* const object = value->if_object()) return object;
  fail(name, mismatch("an object", *value));
  return nullptr;
}

void MemberReader::fail(std::string_view name, std::string_view what) {
  if (problem_) return;
  problem_ = RequestError{400, where_ + std::string(name) + ": " + std::string(what)};
}

}  // namespace forkjail::server
