// A session without a keeper, jail aside: one process that serves request after request.
#include "zygote/session_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "base/io.h"
#include "base/pipe.h"
#include "protocol/reply_decoder.h"
#include "protocol/wire.h"
#include "script_runner.h"

namespace forkjail::zygote {
namespace {

namespace fs = std::filesystem;
using protocol::RunMode;

class SessionProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "forkjail-session-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    Pipe reply = *make_pipe();
    Pipe request = *make_pipe();
    PythonHost& host = test_host();
    host.before_clone();
    process_ = ::fork();
    if (process_ == 0) {
      const std::array sources{request.read_end.get(), STDOUT_FILENO, STDERR_FILENO,
                               reply.write_end.get(), request.read_end.get()};
      serve(host, sources);
    }
    host.after_clone_in_zygote();
    reply_ = std::move(reply.read_end);
    request_ = std::move(request.write_end);
  }
  void TearDown() override {
    request_.reset();
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    fs::remove_all(directory_);
  }

  [[noreturn]] void serve(PythonHost& host, const std::array<int, 5>& sources) const {
    for (int target = 0; target < 5; ++target) {
      ::dup2(sources.at(static_cast<std::size_t>(target)), target);
    }
    for (int fd = 5; fd < 256; ++fd) ::close(fd);
    if (::chdir(directory_.c_str()) != 0) ::_exit(2);
    host.after_clone_in_cell();
    if (!host.prepare_cell() || !host.begin_session()) ::_exit(3);
    session_process(host, directory_);
  }

  // The reply; empty if none comes.
  std::string run(const std::string& script, RunMode mode = RunMode::repl,
                  const std::string& args = "", std::uint32_t wants = 0) {
    protocol::RunRequestHeader header{
        .mode = mode, .wants = wants, .memory_bytes = 1 << 30, .cpu_time_ms = 10'000};
    header.bytes_of(protocol::RunPart::script) = static_cast<std::uint32_t>(script.size());
    header.bytes_of(protocol::RunPart::args) = static_cast<std::uint32_t>(args.size());
    EXPECT_TRUE(write_all(request_.get(), protocol::as_wire(header)).ok());
    const std::string parts = script + args;
    EXPECT_TRUE(write_all(request_.get(), std::as_bytes(std::span(parts))).ok());
    protocol::ReplyDecoder decoder;
    decoder.start_next_run();
    std::array<std::byte, 65536> bytes{};
    pollfd one{reply_.get(), POLLIN, 0};
    while (!decoder.finished() && ::poll(&one, 1, 5'000) > 0) {
      const ssize_t n = ::read(reply_.get(), bytes.data(), bytes.size());
      if (n <= 0) break;
      decoder.feed(std::span(bytes).first(static_cast<std::size_t>(n)));
    }
    left_ = decoder.files().size();
    return decoder.payload();
  }

  std::string directory_;
  pid_t process_ = 0;
  UniqueFd reply_, request_;
  std::size_t left_ = 0;  // files that the last run sent back
};

TEST_F(SessionProcessTest, RemembersWhatEarlierRunsDid) {
  EXPECT_EQ(run("import math\nx = 20"), "null");
  EXPECT_EQ(run("x += 1; math.floor(x)"), "21");
}

TEST_F(SessionProcessTest, KeepsWhatARunDidBeforeItRaised) {
  EXPECT_THAT(run("x = 1\n1 / 0"), testing::HasSubstr("ZeroDivisionError"));
  EXPECT_EQ(run("x"), "1");
}

TEST_F(SessionProcessTest, HasAnEmptyStdinThoughAnEarlierRunClosedIt) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run("import os, sys\nos.close(0)"), "null");
    EXPECT_EQ(run("sys.stdin.read()"), "\"\"");
  }
}

TEST_F(SessionProcessTest, LeavesTheSwitchIntervalAsTheScriptHasSetIt) {
  EXPECT_EQ(run("import sys\nsys.getswitchinterval()"), "0.005");
  run("sys.setswitchinterval(17e-6)");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(run("round(sys.getswitchinterval() * 1e6)"), "17");
}

TEST_F(SessionProcessTest, HasItsFilesAndTheCallsOnThem) {
  EXPECT_EQ(run("open('a.txt', 'w').write('one')"), "3");
  EXPECT_EQ(run("open('a.txt').read()"), "\"one\"");
  EXPECT_EQ(run("", RunMode::remove_file, "a.txt"), "null");
  EXPECT_THAT(run("", RunMode::remove_file, "a.txt"), testing::HasSubstr("FileNotFoundError"));
}

TEST_F(SessionProcessTest, ListsAFolderAsDeepAsItIsAsked) {
  run("import os\nos.makedirs('a/b/c')\nopen('a/b/f', 'w').write('one')\n"
      "os.symlink('/tmp', 'link')\nopen(b'a/\\xff', 'w').close()");
  const auto list = [this](const std::string& args) { return run("", RunMode::list_folder, args); };
  EXPECT_EQ(list("1 "), R"([["YQ==",true,0]])");
  EXPECT_EQ(list("1 a"), R"([["YS9i",true,0],["YS//",false,0]])");
  EXPECT_EQ(list("9 a/b"), R"([["YS9iL2M=",true,0],["YS9iL2Y=",false,3]])");
  EXPECT_EQ(list("2 "), R"([["YQ==",true,0],["YS9i",true,0],["YS//",false,0]])");
  EXPECT_EQ(list("0 a/b/f"), R"([["YS9iL2Y=",false,3]])");
  EXPECT_EQ(list("0 a"), R"([["YQ==",true,0]])");
  EXPECT_EQ(list("1 a/b/c"), "[]");
  for (const char* const args : {"0 x", "1 x", "0 link", "0 link/x", "1 link", "1 link/x"}) {
    EXPECT_THAT(list(args), testing::HasSubstr("FileNotFoundError")) << args;
  }
  EXPECT_THAT(list("1 a/b/f"), testing::HasSubstr("NotADirectoryError"));
  for (const char* const args : {"", "x", "-1 a", "1", "99999999999999999999 a"}) {
    EXPECT_THAT(list(args), testing::HasSubstr("OSError")) << args;
  }
}

TEST_F(SessionProcessTest, ListsAWholeFolderOrNone) {
  run("for i in range(3000):\n    open(f'{i:04}', 'w').close()\n");
  const std::string listed = run("", RunMode::list_folder, "1 ");
  EXPECT_EQ(std::ranges::count(listed, '['), 3'001);
  run("import os\nfor i in range(70):\n    os.mkdir('d')\n    os.chdir('d')\n");
  EXPECT_EQ(std::ranges::count(run("", RunMode::list_folder, "1 "), '['), 3'002);
  EXPECT_THAT(run("", RunMode::list_folder, "100 "), testing::HasSubstr("OverflowError"));
}

TEST_F(SessionProcessTest, SendsBackOnlyWhatTheRunChanged) {
  run("open('a.txt', 'w').write('one')", RunMode::repl, "", protocol::kWantsFiles);
  EXPECT_EQ(left_, 1U);
  run("1", RunMode::repl, "", protocol::kWantsFiles);
  EXPECT_EQ(left_, 0U);
}

TEST_F(SessionProcessTest, EndsWithTheRequestPipe) {
  run("1");
  request_.reset();
  int status = 0;
  ASSERT_EQ(::waitpid(process_, &status, 0), process_);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace forkjail::zygote
