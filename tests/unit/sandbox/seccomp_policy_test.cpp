// The compiled filter against the policy, call by call, in a user-space evaluator.
#include <asm/ioctls.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "sandbox/cell_arguments.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/syscall_policy.h"
#include "unit/sandbox/filter_answers.h"

namespace forkjail::sandbox {
namespace {

using seccomp::Answer;
using seccomp::ArgumentRule;
using seccomp::Condition;
using seccomp::kOwnPid;
using seccomp::SyscallRow;

constexpr std::uint32_t kX32Bit = 0x4000'0000;

std::uint32_t expected_answer(Answer answer) {
  switch (answer) {
    case Answer::allow:
      return kAllow;
    case Answer::not_existing:
      return SECCOMP_RET_ERRNO | ENOSYS;
    case Answer::not_supported:
      return SECCOMP_RET_ERRNO | EOPNOTSUPP;
    case Answer::not_permitted:
      return kQuietly;
    case Answer::pretended:
      return SECCOMP_RET_ERRNO;
    case Answer::notify:
      return SECCOMP_RET_USER_NOTIF;
    case Answer::trap:
      return kTrap;
    case Answer::kill:
      return SECCOMP_RET_KILL_PROCESS;
  }
  return 0;
}

// Arguments that satisfy the condition, all other bits set: these the rules must not look at.
Arguments satisfying(const Condition& condition) {
  Arguments arguments;
  arguments.fill(~std::uint64_t{0});
  for (std::size_t i = 0; i < condition.count; ++i) {
    const ArgumentRule& rule = condition.rules[i];
    arguments[rule.argument] = ~rule.mask | rule.value;
  }
  return arguments;
}

bool names(std::uint32_t number) {
  const auto policy = cell_policy().rows;
  return std::any_of(policy.begin(), policy.end(), [&](const SyscallRow& row) {
    return static_cast<std::uint32_t>(row.number) == number;
  });
}

TEST(SeccompPolicy, SharedUidChangesNoModesAndTimes) {
  const auto program = compile_cell_filter(cell_policy_of_shared_uid());
  ASSERT_TRUE(program.ok());
  for (const long call : {SYS_chmod, SYS_utimensat}) {
    EXPECT_EQ(answer_of(*program, call, {}), SECCOMP_RET_ERRNO) << call;
  }
}

TEST(SeccompPolicy, NothingWaitsForADiskWhereThereIsNoTmpfs) {
  for (const seccomp::Policy& policy : {cell_policy_without_tmpfs(), cell_policy_of_shared_uid()}) {
    const auto program = compile_cell_filter(policy);
    ASSERT_TRUE(program.ok());
    for (const long call : {SYS_fsync, SYS_fdatasync, SYS_msync}) {
      EXPECT_EQ(answer_of(*program, call, {}), SECCOMP_RET_ERRNO) << call;
    }
    EXPECT_EQ(answer_of(*program, SYS_openat, {0, 0, O_RDWR | O_CREAT, 0600}), kAllow);
    EXPECT_EQ(answer_of(*program, SYS_fcntl, {0, F_SETFL, O_NONBLOCK}), kAllow);
    for (const std::uint64_t flag : {0U + O_SYNC, 0U + O_DSYNC, 0U + O_DIRECT}) {
      EXPECT_EQ(answer_of(*program, SYS_openat, {0, 0, O_RDWR | flag, 0600}), kTrap) << flag;
      EXPECT_EQ(answer_of(*program, SYS_fcntl, {0, F_SETFL, flag}), kTrap) << flag;
    }
  }
}

TEST(SeccompPolicy, FlushingATmpfsIsLeftToTheKernel) {
  for (const auto call : {0U + SYS_fsync, 0U + SYS_fdatasync, 0U + SYS_msync}) {
    EXPECT_EQ(answer_to(call, {}), kAllow) << call;
  }
  EXPECT_EQ(answer_to(SYS_openat, {0, 0, O_RDWR | O_SYNC, 0600}), kAllow);
}

TEST(SyscallPolicy, allows_at_most_eighty_calls) {
  std::set<int> allowed;
  for (const SyscallRow& row : cell_policy().rows) {
    if (row.answer == Answer::allow) allowed.insert(row.number);
  }
  EXPECT_LE(allowed.size(), kAllowedCallsMax);
}

// One row of bits, or a signal would be missing.
TEST(CellFilter, lets_a_cell_send_itself_every_signal_but_one) {
  for (std::uint64_t signal = 0; signal < 128; ++signal) {
    const std::uint32_t expected = signal == SIGKILL ? kPretended : kAllow;
    EXPECT_EQ(answer_to(SYS_kill, {kOwnPid, signal}), expected) << signal;
    EXPECT_EQ(answer_to(SYS_tgkill, {kOwnPid, 1, signal}), expected) << signal;
  }
}

TEST(SyscallPolicy, says_why_in_each_row) {
  for (const SyscallRow& row : cell_policy().rows) EXPECT_FALSE(row.why.empty()) << row.name;
}

TEST(CellFilter, answers_each_row_as_it_says_whatever_the_unjudged_bits_are) {
  for (const SyscallRow& row : cell_policy().rows) {
    const auto number = static_cast<std::uint32_t>(row.number);
    if (row.any_of.empty()) {
      EXPECT_EQ(answer_to(number, Arguments{}), expected_answer(row.answer)) << row.name;
      EXPECT_EQ(answer_to(number, satisfying({})), expected_answer(row.answer)) << row.name;
    }
    for (const Condition& condition : row.any_of) {
      EXPECT_EQ(answer_to(number, satisfying(condition)), expected_answer(row.answer)) << row.name;
    }
  }
}

// For each judged bit: flipped alone, the condition no longer holds. Another condition may.
TEST(CellFilter, judges_every_bit_of_every_rule) {
  for (const SyscallRow& row : cell_policy().rows) {
    for (const Condition& condition : row.any_of) {
      for (std::size_t i = 0; i < condition.count; ++i) {
        for (int bit = 0; bit < 64; ++bit) {
          const std::uint64_t flip = std::uint64_t{1} << bit;
          Arguments arguments = satisfying(condition);
          arguments[condition.rules[i].argument] ^= flip;
          const auto holds = [&](const Condition& other) {
            return std::all_of(other.rules.begin(), other.rules.begin() + other.count,
                               [&](const ArgumentRule& rule) {
                                 return (arguments[rule.argument] & rule.mask) == rule.value;
                               });
          };
          const bool expected = std::any_of(row.any_of.begin(), row.any_of.end(), holds);
          const bool seen = answer_to(static_cast<std::uint32_t>(row.number), arguments) ==
                            expected_answer(row.answer);
          EXPECT_EQ(seen, expected) << row.name << " argument " << i << " bit " << bit;
        }
      }
    }
  }
}

TEST(CellFilter, traps_every_number_that_no_row_names) {
  for (std::uint32_t number = 0; number <= 600; ++number) {
    if (names(number)) continue;
    EXPECT_EQ(answer_to(number, Arguments{}), kTrap) << number;
    EXPECT_EQ(answer_to(number, satisfying({})), kTrap) << number;
  }
  EXPECT_EQ(answer_to(0xffff'ffff, Arguments{}), kTrap);
}

TEST(CellFilter, kills_the_foreign_architectures) {
  for (const auto arch : {std::uint32_t{AUDIT_ARCH_I386}, std::uint32_t{AUDIT_ARCH_AARCH64}}) {
    for (std::uint32_t number = 0; number <= 600; ++number) {
      EXPECT_EQ(answer_to(number, Arguments{}, arch), SECCOMP_RET_KILL_PROCESS) << number;
    }
  }
}

TEST(CellFilter, kills_x32_numbers) {
  for (std::uint32_t number = 0; number <= 600; ++number) {
    EXPECT_EQ(answer_to(kX32Bit | number, Arguments{}), SECCOMP_RET_KILL_PROCESS) << number;
  }
}

}  // namespace
}  // namespace forkjail::sandbox
