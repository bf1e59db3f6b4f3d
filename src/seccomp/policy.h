// A system call policy as data: each row names a call, the arguments with which a process may make
// it, and why. Cells (sandbox/syscall_policy.h) and the server
// (server/confinement/server_syscalls.h) each have one; filter.h compiles it for the kernel.
//
// Pure data, valid in every process and phase.
#pragma once

#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "seccomp/argument_rules.h"

#ifndef __x86_64__
#error "The rows name x86-64's calls; another architecture needs rows of its own, measured there."
#endif

namespace forkjail::seccomp {

enum class Answer : unsigned char {
  allow,  // the kernel runs it, if one of the row's conditions holds
  // Refused with an errno only, no signal and no record:
  not_existing,   // ENOSYS: libraries probe it and have a fallback
  not_supported,  // EOPNOTSUPP: the same
  not_permitted,  // EPERM
  pretended,      // 0: nothing is done, and the caller sees success
  notify,         // the process that holds the filter's listener decides (seccomp_unotify(2))
  // Refused by a signal:
  trap,  // SIGSYS, which a handler may turn into a record and an errno
  kill,  // the process ends
};

struct SyscallRow {
  int number;             // of the native architecture, <sys/syscall.h>
  std::string_view name;  // as strace(1) shows it
  Answer answer;
  std::span<const Condition> any_of;  // empty: any arguments
  std::string_view why;               // who needs it, and why it is harmless; never empty
};

// At most one row per call and answer; the conditions of two rows of one call are disjoint; in no
// particular order.
struct Policy {
  std::span<const SyscallRow> rows;
  Answer otherwise;  // for calls and arguments without a row
};

// Number and name of a call, from its name.
#define FORKJAIL_CALL(call) SYS_##call, #call

constexpr SyscallRow allow(int number, std::string_view name, std::string_view why) {
  return {number, name, Answer::allow, {}, why};
}
constexpr SyscallRow allow(int number, std::string_view name, std::span<const Condition> any_of,
                           std::string_view why) {
  return {number, name, Answer::allow, any_of, why};
}
constexpr SyscallRow refuse(int number, std::string_view name, Answer answer,
                            std::string_view why) {
  return {number, name, answer, {}, why};
}
constexpr SyscallRow refuse(int number, std::string_view name, std::span<const Condition> any_of,
                            Answer answer, std::string_view why) {
  return {number, name, answer, any_of, why};
}

// Joins several tables.
template <std::size_t... sizes>
constexpr auto concatenate(const std::array<SyscallRow, sizes>&... kinds) {
  std::array<SyscallRow, (sizes + ...)> all{};
  auto end = all.begin();
  ((end = std::copy(kinds.begin(), kinds.end(), end)), ...);
  return all;
}

// For static_assert beside a table.
constexpr bool all_have_reasons(std::span<const SyscallRow> rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [](const SyscallRow& row) { return !row.why.empty(); });
}
constexpr std::size_t allowed_calls(std::span<const SyscallRow> rows) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [](const SyscallRow& row) { return row.answer == Answer::allow; }));
}
constexpr bool one_row_a_call_and_answer(std::span<const SyscallRow> rows) {
  return std::all_of(rows.begin(), rows.end(), [&](const SyscallRow& row) {
    return std::count_if(rows.begin(), rows.end(), [&](const SyscallRow& other) {
             return other.number == row.number && other.answer == row.answer;
           }) == 1;
  });
}

}  // namespace forkjail::seccomp
