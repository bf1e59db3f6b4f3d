// The members of a JSON object by name and type. The first one that has another type is remembered
// as a problem that names it, so that an adapter reads all that it wants and looks once. null is
// the same as a member that is not there. Pure.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/api/request_decoder.h"

namespace forkjail::server {

class MemberReader {
 public:
  // `value` outlives it and all that it returns; it must be an object. `where`: what stands before
  // a member's name in a problem, such as "params.".
  explicit MemberReader(const boost::json::value& value, std::string where = {});

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  std::optional<std::string_view> text(std::string_view name);
  std::optional<double> number(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  const boost::json::array* array(std::string_view name);    // null: there is none
  const boost::json::object* object(std::string_view name);  // null: there is none
  // Of any type; null: there is none.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  // A text that has to be there; empty and a problem, where it is not.
  std::string_view needed_text(std::string_view name);

  // Notes a problem of the caller's own, if it is the first one.
  void fail(std::string_view name, std::string_view what);
  [[nodiscard]] const std::optional<RequestError>& problem() const { return problem_; }

 private:
  const boost::json::object* object_ = nullptr;  // null: the value is something else
  std::string where_;
  std::optional<RequestError> problem_;
};

}  // namespace forkjail::server
