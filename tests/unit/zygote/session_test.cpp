// A session as the server meets it, jail aside: a keeper with real states, a real filter and its
// listener, over the cell's descriptors.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/io.h"
#include "base/pipe.h"
#include "confine/process_flags.h"
#include "protocol/keeper_channel.h"
#include "protocol/reply_decoder.h"
#include "protocol/wire.h"
#include "sandbox/clone_process.h"
#include "sandbox/refused_calls.h"
#include "sandbox/seccomp_filter.h"
#include "script_runner.h"
#include "zygote/keeper/first_state.h"
#include "zygote/reply_pipe.h"
#include "zygote/state_loop.h"

namespace forkjail::zygote {
namespace {

namespace fs = std::filesystem;
using protocol::KeeperOrder;
using protocol::KeeperReport;
using protocol::KeeperReportVerb;
using protocol::KeeperVerb;
using protocol::RunEnd;
using protocol::RunMode;
using protocol::StateId;

[[noreturn]] void session_main(PythonHost& host, const std::string& directory,
                               const sandbox::SessionFilters& filters,
                               const std::array<int, 5>& descriptors) {
  for (int target = 0; target < 5; ++target)
    ::dup2(descriptors.at(static_cast<std::size_t>(target)), target);
  for (int fd = 5; fd < 256; ++fd) ::close(fd);
  if (::chdir(directory.c_str()) != 0) ::_exit(2);
  FirstState first(filters.keeper);
  int* const thread_id = sandbox::cached_thread_id();
  // Orphans become its children, as in a pid namespace of its own.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) ::_exit(2);
  if (!confine::forbid_new_privileges() || !first.begin()) ::_exit(3);
  if (!sandbox::install_refused_call_handler()) ::_exit(4);
  auto listener = sandbox::attach_listened_filter(filters.states);
  if (!listener || !first.hand_over(*std::move(listener), 4)) ::_exit(5);
  if (!sandbox::verify_keeper_decides()) ::_exit(6);
  host.after_clone_in_cell();
  if (!host.prepare_cell() || !host.begin_session()) ::_exit(7);
  send_frame(protocol::FrameType::parked, std::string_view());
  state_loop(host, {.directory = directory, .thread_id = thread_id});
}

struct RunOutcome {
  std::optional<protocol::ReplyDecoder::State> reply;
  std::string payload;
  KeeperReport over;
};

class SessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "forkjail-session-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    static const auto filters = sandbox::compile_session_filters();
    ASSERT_TRUE(filters.ok()) << filters.error().to_string();
    Pipe in = *make_pipe();
    Pipe out = *make_pipe();
    Pipe reply = *make_pipe();
    Pipe channel = *make_stream_pair();
    in.write_end.reset();
    PythonHost& host = test_host();
    host.before_clone();
    keeper_ = ::fork();
    if (keeper_ == 0) {
      session_main(host, directory_, *filters,
                   {in.read_end.get(), out.write_end.get(), out.write_end.get(),
                    reply.write_end.get(), channel.read_end.get()});
    }
    host.after_clone_in_zygote();
    out_ = std::move(out.read_end);
    reply_ = std::move(reply.read_end);
    channel_ = std::move(channel.write_end);
    std::array<std::byte, sizeof(protocol::FrameHeader)> parked{};
    ASSERT_TRUE(readable(reply_.get())) << "the session did not park";
    ASSERT_TRUE(read_exactly(reply_.get(), parked).ok()) << "the session did not park";
  }

  void TearDown() override {
    channel_.reset();
    ::kill(keeper_, SIGKILL);
    ::waitpid(keeper_, nullptr, 0);
    fs::remove_all(directory_);
  }

  static bool readable(int fd, int time_ms = 3000) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, time_ms) > 0;
  }

  void order(const KeeperOrder& order) const {
    ASSERT_TRUE(write_all(channel_.get(), protocol::as_wire(order)).ok());
  }

  // Reports up to the first of this kind; the others are kept.
  std::optional<KeeperReport> report(KeeperReportVerb verb) {
    for (;;) {
      const auto found = std::ranges::find(reports_, verb, &KeeperReport::verb);
      if (found != reports_.end()) {
        const KeeperReport report = *found;
        reports_.erase(found);
        return report;
      }
      if (!readable(channel_.get())) return std::nullopt;
      KeeperReport next;
      if (!read_exactly(channel_.get(), std::as_writable_bytes(std::span(&next, 1)))) {
        return std::nullopt;
      }
      reports_.push_back(next);
    }
  }

  void begin_run(const std::string& script, StateId from, StateId to, RunMode mode = RunMode::repl,
                 const std::string& args = "") {
    protocol::RunRequestHeader header{.mode = mode, .memory_bytes = 1 << 30, .cpu_time_ms = 10'000};
    header.bytes_of(protocol::RunPart::script) = static_cast<std::uint32_t>(script.size());
    header.bytes_of(protocol::RunPart::args) = static_cast<std::uint32_t>(args.size());
    order({.verb = KeeperVerb::run,
           .run = ++run_,
           .state = from,
           .new_state = to,
           .request_bytes = sizeof header + script.size() + args.size(),
           .cpu_time_ms = cpu_time_ms_});
    ASSERT_TRUE(write_all(channel_.get(), protocol::as_wire(header)).ok());
    const std::string parts = script + args;
    ASSERT_TRUE(write_all(channel_.get(), std::as_bytes(std::span(parts))).ok());
  }

  RunOutcome end_run() {
    const auto over = report(KeeperReportVerb::run_over);
    RunOutcome outcome;
    if (!over) return outcome;
    outcome.over = *over;
    protocol::ReplyDecoder decoder;
    decoder.start_next_run();
    std::array<std::byte, 65536> bytes{};
    while (!decoder.finished() && readable(reply_.get(), 0)) {
      const ssize_t n = ::read(reply_.get(), bytes.data(), bytes.size());
      if (n <= 0) break;
      decoder.feed(std::span(bytes).first(static_cast<std::size_t>(n)));
    }
    outcome.reply = decoder.state();
    outcome.payload = decoder.payload();
    return outcome;
  }

  RunOutcome run(const std::string& script, StateId from, StateId to, RunMode mode = RunMode::repl,
                 const std::string& args = "") {
    begin_run(script, from, to, mode, args);
    return end_run();
  }

  std::string printed() const {
    std::string text(65536, '\0');
    if (!readable(out_.get(), 0)) return {};
    const ssize_t n = ::read(out_.get(), text.data(), text.size());
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
  }

  std::string directory_;
  pid_t keeper_ = 0;
  UniqueFd out_, reply_, channel_;
  std::vector<KeeperReport> reports_;
  std::uint64_t run_ = 0;
  std::uint64_t cpu_time_ms_ = 10'000;
};

TEST_F(SessionTest, KeepsItsFirstState) {
  const auto kept = report(KeeperReportVerb::kept);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->state, protocol::kFirstState);
}

TEST_F(SessionTest, RememberWhatEarlierRunsDid) {
  EXPECT_EQ(run("x = 20", 1, 2).over.end, RunEnd::returned);
  const RunOutcome outcome = run("x + 1", 2, 3);
  EXPECT_EQ(outcome.payload, "21");
  EXPECT_EQ(outcome.over.state, 3U);
}

TEST_F(SessionTest, GoesBackToTheStateBeforeARunThatIsKilled) {
  run("x = [1]", 1, 2);
  const RunOutcome killed = run("import os\nx.append(2)\nos.kill(os.getpid(), 15)", 2, 3);
  EXPECT_EQ(killed.over.end, RunEnd::died);
  EXPECT_TRUE(WIFSIGNALED(killed.over.wait_status));
  EXPECT_EQ(killed.over.state, 2U);
  EXPECT_EQ(run("x", 2, 4).payload, "[1]");
}

TEST_F(SessionTest, GoesBackAfterAStop) {
  run("x = 5", 1, 2);
  begin_run("x = 6\nwhile True: pass", 2, 3);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  order({.verb = KeeperVerb::stop, .run = run_});
  EXPECT_EQ(end_run().over.end, RunEnd::stopped);
  EXPECT_EQ(run("x", 2, 4).payload, "5");
}

TEST_F(SessionTest, EndsARunThatHasUsedItsCpuTime) {
  cpu_time_ms_ = 200;
  const RunOutcome outcome = run("while True: pass", 1, 2);
  EXPECT_EQ(outcome.over.end, RunEnd::cpu_time);
  EXPECT_GE(outcome.over.cpu_time_us, 200'000U);
  EXPECT_EQ(run("1", 1, 3).payload, "1");
}

TEST_F(SessionTest, BranchesFromAnOlderState) {
  run("x = 1", 1, 2);
  run("x = 2", 2, 3);
  EXPECT_EQ(run("x", 2, 4).payload, "1");
  EXPECT_EQ(run("x", 3, 5).payload, "2");
  EXPECT_EQ(run("'x' in globals()", 1, 6).payload, "false");
}

TEST_F(SessionTest, RefusesARunFromAStateThatItDoesNotHave) {
  begin_run("1", 77, 2);
  const auto refused = report(KeeperReportVerb::run_refused);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->sys_errno, ESRCH);
  EXPECT_EQ(run("1", 1, 3).payload, "1");
}

TEST_F(SessionTest, DropsAState) {
  run("x = 1", 1, 2);
  run("x = 2", 2, 3);
  order({.verb = KeeperVerb::drop, .state = 2});
  begin_run("x", 2, 4);
  EXPECT_TRUE(report(KeeperReportVerb::run_refused));
}

TEST_F(SessionTest, RefusesAForkOfItsScript) {
  const RunOutcome outcome =
      run("import os, ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
          "r = [libc.fork(), libc.syscall(56, 0x01200011, 0, 0, 0, 0), libc.syscall(57), "
          "libc.syscall(58), libc.syscall(435, 0, 0)]\n"
          "try: os.fork()\nexcept OSError as e: r.append(e.errno)\nr",
          1, 2);
  EXPECT_EQ(outcome.payload, "[-1,-1,-1,-1,-1,1]");
}

TEST_F(SessionTest, RefusesSignalsToOthers) {
  const RunOutcome outcome =
      run("import os\nr = []\nfor pid in (1, os.getppid(), -1, 0, os.getpid() + 1):\n"
          "    try: os.kill(pid, 9)\n    except OSError as e: r.append(e.errno)\nr",
          1, 2);
  EXPECT_EQ(outcome.payload, "[1,1,1,1,1]");
}

TEST_F(SessionTest, LetsAScriptSignalItself) {
  const RunOutcome outcome = run(
      "import os, signal\ngot = []\nsignal.signal(signal.SIGUSR1, lambda n, f: got.append(n))\n"
      "os.kill(os.getpid(), signal.SIGUSR1)\nsignal.raise_signal(signal.SIGUSR1)\ngot == [10, 10]",
      1, 2);
  EXPECT_EQ(outcome.payload, "true");
}

TEST_F(SessionTest, GivesFilesBackWithTheState) {
  run("open('a', 'w').write('one'); open('gone', 'w').write('x')", 1, 2);
  run("import os\nopen('a', 'w').write('two'); os.remove('gone'); os.mkdir('d'); "
      "open('d/new', 'w').write('n')",
      2, 3);
  EXPECT_EQ(run("import os\n[open('a').read(), sorted(os.listdir('.'))]", 2, 4).payload,
            R"(["one",["a","gone"]])");
  EXPECT_EQ(
      run("import os\n[open('a').read(), sorted(os.listdir('.')), os.listdir('d')]", 3, 5).payload,
      R"(["two",["a","d"],["new"]])");
}

TEST_F(SessionTest, GivesFilesBackAfterAKill) {
  run("open('a', 'w').write('one')", 1, 2);
  run("open('a', 'w').write('two')\nimport ctypes\nctypes.string_at(0)", 2, 3);
  EXPECT_EQ(run("open('a').read()", 2, 4).payload, R"("one")");
}

TEST_F(SessionTest, ReadsAFileAndFollowsNoLink) {
  run("import os\nopen('a', 'w').write('content')\nos.symlink('/etc/passwd', 'l')\n"
      "os.mkfifo('f') if False else None",
      1, 2);
  EXPECT_EQ(run("", 2, 2, RunMode::read_file, "a").payload, "null");
  EXPECT_EQ(printed(), "content");
  EXPECT_THAT(run("", 2, 2, RunMode::read_file, "l").payload,
              testing::HasSubstr("FileNotFoundError"));
  EXPECT_THAT(run("", 2, 2, RunMode::read_file, "none").payload,
              testing::HasSubstr("FileNotFoundError"));
  EXPECT_EQ(run("", 2, 3, RunMode::remove_file, "a").payload, "null");
  EXPECT_EQ(run("import os\nos.listdir('.')", 3, 4).payload, R"(["l"])");
}

TEST_F(SessionTest, GivesEachBranchRandomNumbersOfItsOwn) {
  run("import random", 1, 2);
  const std::string first = run("random.random()", 2, 3).payload;
  run("1", 1, 4);
  const std::string second = run("random.random()", 2, 5).payload;
  EXPECT_NE(first, second);
}

TEST_F(SessionTest, KeepsThreadsOfTheHeadAlive) {
  run("import threading, queue\nq = queue.Queue()\nout = queue.Queue()\n"
      "def work():\n    while True: out.put(q.get() * 2)\n"
      "threading.Thread(target=work, daemon=True).start()",
      1, 2);
  EXPECT_EQ(run("q.put(21); out.get(timeout=5)", 2, 3).payload, "42");
}

TEST_F(SessionTest, MakesOneStateAfterTheOther) {
  for (StateId state = 1; state <= 300; ++state) {
    ASSERT_EQ(run("x = globals().get('x', 0) + 1", state, state + 1).over.end, RunEnd::returned);
    ASSERT_TRUE(report(KeeperReportVerb::kept));
    if (state > 3) order({.verb = KeeperVerb::drop, .state = state - 3});
  }
  EXPECT_EQ(run("x", 301, 302).payload, "300");
}

}  // namespace
}  // namespace forkjail::zygote
