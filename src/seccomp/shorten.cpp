#include "seccomp/shorten.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace forkjail::seccomp {
namespace {

constexpr std::uint16_t kLoad = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t kAnd = BPF_ALU | BPF_AND | BPF_K;
constexpr std::uint16_t kJumpIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t kReturn = BPF_RET | BPF_K;
constexpr std::size_t kTestLength = 3;  // load, mask, compare

bool is_jump(const sock_filter& instruction) { return BPF_CLASS(instruction.code) == BPF_JMP; }

bool is_conditional(const sock_filter& instruction) {
  return is_jump(instruction) && BPF_OP(instruction.code) != BPF_JA;
}

// Which instructions are jumped to; nothing if a jump leaves the program.
std::optional<std::vector<bool>> jump_targets(const std::vector<sock_filter>& program) {
  std::vector<bool> targets(program.size(), false);
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& instruction = program[at];
    if (!is_jump(instruction)) continue;
    const bool conditional = is_conditional(instruction);
    const std::size_t yes = at + 1 + (conditional ? instruction.jt : std::size_t{instruction.k});
    const std::size_t no = conditional ? at + 1 + instruction.jf : yes;
    if (yes >= program.size() || no >= program.size()) return std::nullopt;
    targets[yes] = targets[no] = true;
  }
  return targets;
}

// A test that always goes on with the instruction after it, which does not use what the test
// loaded. Entered only at its start.
bool always_holds(const std::vector<sock_filter>& program, const std::vector<bool>& targets,
                  std::size_t at) {
  if (at + kTestLength >= program.size()) return false;
  const sock_filter& mask = program[at + 1];
  const sock_filter& compare = program[at + 2];
  const sock_filter& next = program[at + kTestLength];
  return program[at].code == kLoad && mask.code == kAnd && mask.k == 0 &&
         compare.code == kJumpIfEqual && compare.k == 0 && compare.jt == 0 && !targets[at + 1] &&
         !targets[at + 2] && (next.code == kLoad || next.code == kReturn);
}

}  // namespace

std::vector<sock_filter> shorten(std::vector<sock_filter> program) {
  const auto targets = jump_targets(program);
  if (!targets) return program;
  std::vector<std::size_t> kept;                       // old places
  std::vector<std::size_t> places(program.size(), 0);  // new ones; of a removed test, what follows
  for (std::size_t at = 0; at < program.size(); ++at) {
    places[at] = kept.size();
    if (always_holds(program, *targets, at)) {
      places[at + 1] = places[at + 2] = kept.size();
      at += kTestLength - 1;
    } else {
      kept.push_back(at);
    }
  }
  const auto distance = [&](std::size_t from, std::size_t jump) {
    return places[from + 1 + jump] - places[from] - 1;
  };
  std::vector<sock_filter> shorter;
  shorter.reserve(kept.size());
  for (const std::size_t at : kept) {
    sock_filter instruction = program[at];
    if (is_conditional(instruction)) {
      instruction.jt = static_cast<std::uint8_t>(distance(at, instruction.jt));
      instruction.jf = static_cast<std::uint8_t>(distance(at, instruction.jf));
    } else if (is_jump(instruction)) {
      instruction.k = static_cast<std::uint32_t>(distance(at, instruction.k));
    }
    shorter.push_back(instruction);
  }
  return shorter;
}

}  // namespace forkjail::seccomp
