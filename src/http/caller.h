// Who sent a request, as a gate knows it; handlers that want more know which gate there is.
#pragma once

#include <string_view>

namespace forkjail::http {

class Caller {
 public:
  Caller() = default;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  virtual ~Caller() = default;

  // The same for all its requests, and no other's. Empty: it is known by other things than a name.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

}  // namespace forkjail::http
