// Runs a seccomp filter in user space: what the kernel would answer to a call, without a kernel.
//
// Covers the classic BPF that seccomp(2) accepts and libseccomp writes: absolute word loads from
// seccomp_data, AND, jumps, RET K. Any other instruction ends the test, so that nothing is judged
// by guess. Test code.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>

namespace forkjail::seccomp {

inline std::uint32_t load_word(const seccomp_data& data, std::uint32_t offset) {
  if (offset % 4 != 0 || offset + 4 > sizeof data) throw std::out_of_range("load");
  std::uint32_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(&data) + offset, sizeof word);
  return word;
}

inline bool jump_taken(std::uint16_t code, std::uint32_t accumulator, std::uint32_t k) {
  switch (BPF_OP(code)) {
    case BPF_JEQ:
      return accumulator == k;
    case BPF_JGT:
      return accumulator > k;
    case BPF_JGE:
      return accumulator >= k;
    case BPF_JSET:
      return (accumulator & k) != 0;
    default:
      throw std::invalid_argument("jump");
  }
}

// The SECCOMP_RET_* value, with its data in the low 16 bits.
inline std::uint32_t evaluate(std::span<const sock_filter> program, const seccomp_data& data) {
  std::uint32_t accumulator = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        accumulator = load_word(data, instruction.k);
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        accumulator &= instruction.k;
        break;
      case BPF_RET | BPF_K:
        return instruction.k;
      case BPF_JMP | BPF_JA:
        at += instruction.k;
        break;
      default:
        if (BPF_CLASS(instruction.code) != BPF_JMP || BPF_SRC(instruction.code) != BPF_K) {
          throw std::invalid_argument("instruction");
        }
        at += jump_taken(instruction.code, accumulator, instruction.k) ? instruction.jt
                                                                       : instruction.jf;
    }
  }
  throw std::out_of_range("no RET");
}

}  // namespace forkjail::seccomp
