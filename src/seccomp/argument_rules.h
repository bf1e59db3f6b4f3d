// Argument rules: for which argument values the policy allows a call.
//
// A rule is one masked comparison of one argument, (argument & mask) == value. Classic BPF does
// this cheaply, and it is enough for an exact value, a set of flags or a forbidden bit. seccomp(2)
// shows the program registers of 64 bits, of which the kernel may use only the low 32 (an int, an
// unsigned cmd): there the mask is kInt, so that the filter judges exactly the bits that the kernel
// uses (the mistake of CVE-2019-7303 and CVE-2019-10063). A filter cannot follow pointers, so no
// rule examines what one points to.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace forkjail::seccomp {

inline constexpr std::uint64_t kInt = 0xffff'ffff;  // the bits of a 32-bit argument

// Placeholder for the process's own id, which is unknown when the filter is compiled;
// attach_filter() replaces it. It is above the kernel's PID_MAX_LIMIT (2^22), so it is never a real
// id.
inline constexpr std::uint64_t kOwnPid = 0x7f0d'1d1d;

struct ArgumentRule {
  unsigned argument = 0;  // 0 is the first
  std::uint64_t mask = 0;
  std::uint64_t value = 0;
};

// All rules must hold. At most one rule per argument (libseccomp's limit).
struct Condition {
  static constexpr std::size_t kRulesMax = 3;

  std::array<ArgumentRule, kRulesMax> rules{};
  std::size_t count = 0;
};

[[nodiscard]] constexpr Condition when(std::initializer_list<ArgumentRule> rules) {
  Condition condition;
  for (const ArgumentRule& rule : rules) condition.rules.at(condition.count++) = rule;
  return condition;
}

// The 32-bit argument is `value`.
[[nodiscard]] constexpr ArgumentRule is(unsigned argument, std::uint64_t value) {
  return {argument, kInt, value};
}
// The 32-bit argument has none of `bits`.
[[nodiscard]] constexpr ArgumentRule has_none_of(unsigned argument, std::uint64_t bits) {
  return {argument, bits & kInt, 0};
}
// The 32-bit argument has each of `bits`.
[[nodiscard]] constexpr ArgumentRule has_all_of(unsigned argument, std::uint64_t bits) {
  return {argument, bits & kInt, bits & kInt};
}
// The 32-bit argument has no bit outside `bits`.
[[nodiscard]] constexpr ArgumentRule has_only(unsigned argument, std::uint64_t bits) {
  return {argument, kInt & ~bits, 0};
}

}  // namespace forkjail::seccomp
