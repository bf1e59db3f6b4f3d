// Result<T>: either a value or an Error. Ignoring one does not compile.
//
// Three kinds of failure are kept apart in this code base:
// - errors of a script are outcomes (protocol/run_frames.h, server/run/outcome.h), never an Error;
// - what the service or the kernel could not do is an Error, carried in a Result;
// - a broken invariant aborts (base/check.h).
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace forkjail {

// What went wrong: which step, the kernel's errno (0 if none) and one line for people.
struct Error {
  std::string step;    // "mount scratch", "read config": where it happened
  int sys_errno = 0;   // errno as the failing call left it, 0 when no call failed
  std::string detail;  // what to do, or which value was wrong; may be empty

  // "mount scratch: Operation not permitted (needs CAP_SYS_ADMIN)"
  [[nodiscard]] std::string to_string() const {
    std::string text = step;
    if (sys_errno != 0) text.append(": ").append(std::strerror(sys_errno));
    if (!detail.empty()) {
      text.append(sys_errno != 0 ? " (" : ": ").append(detail);
      if (sys_errno != 0) text.append(")");
    }
    return text;
  }
};

// The Error of a call that just failed. Takes errno first, before anything can change it.
[[nodiscard]] inline Error errno_error(std::string_view step, std::string_view detail = {}) {
  const int saved = errno;
  return Error{std::string(step), saved, std::string(detail)};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(*-explicit-*)

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Throws std::bad_variant_access when there is no value: check ok() first.
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

struct Unit {};
using Status = Result<Unit>;
[[nodiscard]] inline Status ok_status() { return Unit{}; }

}  // namespace forkjail
