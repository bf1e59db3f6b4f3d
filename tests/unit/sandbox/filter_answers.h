// What the filter of a cell answers to a call, evaluated in user space.
#pragma once

#include <linux/audit.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "../seccomp/bpf_evaluator.h"
#include "sandbox/seccomp_filter.h"

namespace forkjail::sandbox {

inline constexpr std::uint32_t kTrap = SECCOMP_RET_TRAP;
inline constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
inline constexpr std::uint32_t kQuietly = SECCOMP_RET_ERRNO | EPERM;
inline constexpr std::uint32_t kPretended = SECCOMP_RET_ERRNO;
inline constexpr std::uint64_t kHighBits = 0xdead'beef'0000'0000;

using Arguments = std::array<std::uint64_t, 6>;

// What a filter answers to one call.
inline std::uint32_t answer_of(const FilterProgram& program, long call, const Arguments& arguments,
                               std::uint32_t arch = AUDIT_ARCH_X86_64) {
  seccomp_data data{};
  data.nr = static_cast<int>(call);
  data.arch = arch;
  std::copy(arguments.begin(), arguments.end(), data.args);
  return seccomp::evaluate(program.instructions, data);
}

// The same of the usual filter.
inline std::uint32_t answer_to(std::uint32_t number, const Arguments& arguments,
                               std::uint32_t arch = AUDIT_ARCH_X86_64) {
  static const FilterProgram program = compile_cell_filter().value();
  return answer_of(program, static_cast<int>(number), arguments, arch);
}

}  // namespace forkjail::sandbox
