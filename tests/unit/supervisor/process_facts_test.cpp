#include "supervisor/process_facts.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include "base/io.h"
#include "base/unique_fd.h"
#include "supervisor/scratch_usage.h"

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kJailed =
    "Name:\tforkjail-zygote\nUid:\t101000\t101000\t101000\t101000\nThreads:\t1\n"
    "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
    "CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

TEST(ProcessFacts, JailedProcessReadsAsJailed) {
  const auto facts = parse_status(kJailed);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->real_uid, 101000U);
  EXPECT_EQ(facts->capabilities, 0U);
  EXPECT_EQ(facts->no_new_privs, true);
  EXPECT_EQ(facts->seccomp_mode, 2);
  EXPECT_EQ(facts->threads, 1);
}

TEST(ProcessFacts, OneCapabilityInAnySetShows) {
  std::string status(kJailed);
  status.replace(status.find("CapBnd:\t0000000000000000"), 24, "CapBnd:\t0000000000200000");
  EXPECT_EQ(parse_status(status)->bounding_set, 0x200000U);
  status.replace(status.find("CapAmb:\t0000000000000000"), 24, "CapAmb:\t0000000000000001");
  EXPECT_EQ(parse_status(status)->capabilities, 1U);
}

TEST(ProcessFacts, MissingLineIsAnErrorNotAPass) {
  std::string status(kJailed);
  status.erase(status.find("Seccomp"), 11);
  EXPECT_FALSE(parse_status(status).ok());
}

TEST(ProcessFacts, NoNewPrivsThatIsNotShownIsNotOn) {
  std::string status(kJailed);
  status.erase(status.find("NoNewPrivs"), 14);
  ASSERT_TRUE(parse_status(status).ok());
  EXPECT_EQ(parse_status(status)->no_new_privs, std::nullopt);
}

TEST(ProcessFacts, CorpseIsNotAlive) {
  EXPECT_TRUE(is_alive(::getpid()));
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(is_alive(pid));
  ::waitpid(pid, nullptr, 0);
  EXPECT_FALSE(is_alive(pid));
}

// A child whose main thread has ended while another waits to be killed. It holds a deleted file of
// `file_bytes`.
class Headless {
 public:
  explicit Headless(std::size_t file_bytes = 0) : pid_(::fork()) {
    if (pid_ == 0) {
      const int file = ::open("/tmp", O_TMPFILE | O_WRONLY, 0600);
      const std::string content(file_bytes, 'x');
      if (::write(file, content.data(), content.size()) < 0) ::_exit(1);
      std::thread([] {
        for (;;) ::pause();
      }).detach();
      ::syscall(SYS_exit, 0);  // of this thread alone
    }
    const std::string stat_path = "/proc/" + std::to_string(pid_) + "/stat";
    while (read_file(stat_path).value().find(") Z ") == std::string::npos) ::usleep(1'000);
  }
  Headless(const Headless&) = delete;
  Headless& operator=(const Headless&) = delete;
  ~Headless() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(ProcessFacts, ProcessWhoseMainThreadHasEndedIsAlive) {
  const Headless child;
  EXPECT_TRUE(is_alive(child.pid()));
  ::kill(child.pid(), SIGKILL);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(is_alive(child.pid()));
  EXPECT_EQ(living_thread_directory(child.pid()), std::nullopt);
}

TEST(ProcessFacts, MemoryAndFilesOfAProcessWithoutItsMainThreadAreCounted) {
  constexpr std::size_t kFileBytes = 1 << 20;
  const Headless child(kFileBytes);
  EXPECT_GT(resident_bytes(child.pid()).value(), 0U);
  ScratchUsage usage;
  add_deleted_files(child.pid(), usage);
  EXPECT_GE(usage.bytes, kFileBytes);
}

TEST(ProcessFacts, PidOfAPidfdIsOurOwn) {
  const UniqueFd self(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  ASSERT_TRUE(self.valid());
  EXPECT_EQ(pid_of(self.get()).value(), ::getpid());
}

TEST(ProcessFacts, OneThatSleepsOrIsStoppedIsNotAtWork) {
  EXPECT_TRUE(is_at_work(::getpid()));
  const pid_t child = ::fork();
  while (child == 0) ::pause();
  ::kill(child, SIGSTOP);
  ::waitpid(child, nullptr, WUNTRACED);
  EXPECT_FALSE(is_at_work(child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(is_at_work(child));
}

TEST(ProcessFacts, TheParentOfACorpseIsKnownAndThatOfNoProcessIsNot) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(parent_of(child), ::getpid());
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(parent_of(child));
}

}  // namespace
}  // namespace forkjail::supervisor
