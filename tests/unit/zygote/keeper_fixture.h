// A keeper on a kernel that the test plays.
#pragma once

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <csignal>
#include <map>
#include <set>
#include <vector>

#include "sandbox/syscall_policy.h"
#include "zygote/keeper/keeper.h"

namespace forkjail::zygote {

class PlayedKernel final : public KeeperCalls {
 public:
  void order(std::uint64_t call, StateOrder order) override { orders[call] = order; }
  void order_run(std::uint64_t call, std::vector<std::byte>) override {
    requests.push_back(call);
    orders[call] = StateOrder::run;
  }
  void take_request_back() override {}
  void proceed(std::uint64_t call) override { proceeded.push_back(call); }
  void refuse(std::uint64_t call, int) override { refused.push_back(call); }
  void pretend(std::uint64_t call) override { pretended.push_back(call); }
  void kill(pid_t state) override { killed.push_back(state); }
  std::chrono::microseconds cpu_time(pid_t state) override {
    return sleepers_used.contains(state) ? sleepers_used.at(state) : used;
  }
  bool watch(pid_t state) override {
    return !threads.contains(state) && watched.insert(state).second;
  }
  void report(const protocol::KeeperReport& report) override { reports.push_back(report); }
  void end_session() override { ended = true; }

  [[nodiscard]] std::vector<protocol::KeeperReportVerb> told() const {
    std::vector<protocol::KeeperReportVerb> verbs;
    for (const protocol::KeeperReport& report : reports) verbs.push_back(report.verb);
    return verbs;
  }

  std::map<std::uint64_t, StateOrder> orders;
  std::vector<std::uint64_t> requests, proceeded, refused, pretended;
  std::vector<pid_t> killed;
  std::vector<protocol::KeeperReport> reports;
  std::set<pid_t> threads;  // which are not processes
  std::set<pid_t> watched{2};
  std::chrono::microseconds used{0};  // of CPU time, by each process that is not named below
  std::map<pid_t, std::chrono::microseconds> sleepers_used{{3, {}}, {4, {}}};
  bool ended = false;
};

class KeeperTest : public ::testing::Test {
 protected:
  static constexpr pid_t kFirst = 2;

  std::uint64_t waits(pid_t thread, std::uint64_t sys_errno = 0) {
    keeper.on_call({.id = ++call_,
                    .thread = thread,
                    .number = sandbox::kKeeperCall,
                    .arguments = {sys_errno, kStateCallMagic}},
                   now);
    return call_;
  }
  std::uint64_t clones(pid_t thread, std::uint64_t flags = kKeepFlags) {
    keeper.on_call({.id = ++call_, .thread = thread, .number = SYS_clone, .arguments = {flags}},
                   now);
    return call_;
  }
  std::uint64_t signals(pid_t thread, pid_t target, int signal) {
    keeper.on_call(
        {.id = ++call_,
         .thread = thread,
         .number = SYS_kill,
         .arguments = {static_cast<std::uint64_t>(target), static_cast<std::uint64_t>(signal)}},
        now);
    return call_;
  }
  // The kernel reports the end of a head that was killed.
  void is_dead(pid_t head) {
    keeper.on_child_ended(head, {.wait_status = SIGKILL, .cpu_time = {}}, now);
  }
  void wait_for_next_look() {
    now = keeper.next_time();
    keeper.on_time(now);
  }
  void run(protocol::StateId from, protocol::StateId to) {
    keeper.on_run({.verb = protocol::KeeperVerb::run,
                   .run = ++run_,
                   .state = from,
                   .new_state = to,
                   .cpu_time_ms = 1'000},
                  {}, now);
  }
  // The head waits, is told to keep its state, and a process `copy` sleeps as that.
  void keep(pid_t head, pid_t copy) {
    waits(head);
    clones(head);
    waits(copy);
    waits(head);
  }

  PlayedKernel kernel;
  Keeper keeper{kFirst, kernel};
  KeeperClock::time_point now{};
  std::uint64_t call_ = 0;
  std::uint64_t run_ = 0;
};

}  // namespace forkjail::zygote
