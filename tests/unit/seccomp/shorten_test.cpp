#include "seccomp/shorten.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bpf_evaluator.h"

namespace forkjail::seccomp {
namespace {

using Program = std::vector<sock_filter>;

constexpr std::uint32_t kLow = offsetof(seccomp_data, args);
constexpr std::uint32_t kHigh = kLow + 4;

sock_filter load(std::uint32_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset); }
sock_filter mask(std::uint32_t bits) { return BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits); }
sock_filter answer(std::uint32_t value) { return BPF_STMT(BPF_RET | BPF_K, value); }
sock_filter equal(std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no);
}

// Allows call 1 with 7 in the lower half of its first argument; libseccomp's form.
Program one_rule() {
  return {load(0),    equal(1, 0, 6), load(kHigh), mask(0),  equal(0, 0, 3),
          load(kLow), equal(7, 0, 1), answer(1),   answer(2)};
}

void expect_same_answers(const Program& one, const Program& other) {
  for (const int number : {0, 1, 2}) {
    for (const std::uint64_t argument :
         {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{8}, std::uint64_t{0x7'0000'0007},
          std::uint64_t{0x7'0000'0000}}) {
      seccomp_data data{};
      data.nr = number;
      data.args[0] = argument;
      EXPECT_EQ(evaluate(one, data), evaluate(other, data)) << number << ' ' << argument;
    }
  }
}

TEST(Shorten, RemovesATestThatAlwaysHolds) {
  const Program shorter = shorten(one_rule());
  EXPECT_EQ(shorter.size(), one_rule().size() - 3);
  expect_same_answers(one_rule(), shorter);
}

TEST(Shorten, KeepsWhatCanFail) {
  for (const std::size_t changed : {std::size_t{3}, std::size_t{4}}) {
    Program program = one_rule();
    program[changed].k = 4;
    EXPECT_EQ(shorten(program).size(), program.size());
  }
}

// The instruction behind the test uses the 0 that the test left in the accumulator.
TEST(Shorten, KeepsATestWhoseValueIsUsed) {
  Program program = one_rule();
  program[5] = mask(1);
  EXPECT_EQ(shorten(program).size(), program.size());
}

TEST(Shorten, KeepsATestThatIsEnteredInTheMiddle) {
  Program program = one_rule();
  program[1].jf = 1;  // to the mask
  EXPECT_EQ(shorten(program).size(), program.size());
}

TEST(Shorten, MovesAnUnconditionalJump) {
  Program program = one_rule();
  program.insert(program.begin(), BPF_STMT(BPF_JMP | BPF_JA, 0));
  program.insert(program.begin() + 3, BPF_STMT(BPF_JMP | BPF_JA, 3));  // over the test
  program[2].jf = 7;
  const Program shorter = shorten(program);
  EXPECT_EQ(shorter.size(), program.size() - 3);
  expect_same_answers(program, shorter);
}

TEST(Shorten, LeavesAJumpOutOfTheProgramToTheKernel) {
  Program program = one_rule();
  program[6].jf = 40;
  EXPECT_EQ(shorten(program).size(), program.size());
}

}  // namespace
}  // namespace forkjail::seccomp
