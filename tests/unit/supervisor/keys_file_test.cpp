#include "supervisor/keys_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

class KeysFileTest : public testing::Test {
 protected:
  KeysFileTest() {
    std::ofstream(file) << "x";
    sigset_t hang_up;
    ::sigemptyset(&hang_up);
    ::sigaddset(&hang_up, SIGHUP);
    ::sigprocmask(SIG_BLOCK, &hang_up, &mask_before);
  }
  ~KeysFileTest() override { ::sigprocmask(SIG_SETMASK, &mask_before, nullptr); }

  [[nodiscard]] std::string path(const char* name) const {
    return (directory.path() / name).string();
  }

  sigset_t mask_before{};
  TemporaryDirectory directory;
  std::string file = path("keys");
  std::pair<UniqueFd, UniqueFd> ends = *make_socket_pair();
  ServerChannel server{std::move(ends.first)};
};

TEST_F(KeysFileTest, OpensRegularFilesAndWaitsForNothing) {
  EXPECT_TRUE(open_keys_file(file));
  std::filesystem::create_symlink(file, path("link"));
  EXPECT_TRUE(open_keys_file(path("link")));
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink(path("fifo"), path("link to fifo"));
  std::filesystem::create_symlink(path("loop"), path("loop"));
  struct Row {
    std::string path;
    int sys_errno;
  };
  for (const auto& [name, sys_errno] :
       {Row{"", ENOENT}, Row{path("none"), ENOENT}, Row{directory.path().string(), EINVAL},
        Row{path("fifo"), EINVAL}, Row{path("link to fifo"), EINVAL}, Row{path("loop"), ELOOP},
        Row{"/dev/zero", EINVAL}}) {
    const auto opened = open_keys_file(name);
    ASSERT_FALSE(opened) << name;
    EXPECT_EQ(opened.error().sys_errno, sys_errno) << name;
  }
}

TEST_F(KeysFileTest, AHangUpPassesTheFileToTheServer) {
  KeysFile keys(file, server);
  keys.on_readable();  // nothing has come, so nothing is sent
  ::raise(SIGHUP);
  keys.on_readable();
  auto packet = receive_packet(ends.second.get());
  ASSERT_TRUE(packet);
  const auto sent = protocol::decode_supervisor_packet(packet->bytes);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, protocol::SupervisorVerb::keys_opened);
  EXPECT_EQ(sent->message.sys_errno, 0);
  ASSERT_EQ(packet->fds.size(), 1U);
  char read = 0;
  EXPECT_EQ(::read(packet->fds.front().get(), &read, 1), 1);
  EXPECT_EQ(read, 'x');
  EXPECT_LT(::write(packet->fds.front().get(), "y", 1), 0);
}

TEST_F(KeysFileTest, WithoutKeysAHangUpIsNotWatchedFor) {
  EXPECT_LT(KeysFile("", server).descriptor(), 0);
}

}  // namespace
}  // namespace forkjail::supervisor
