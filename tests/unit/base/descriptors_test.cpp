#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "base/io.h"
#include "base/pipe.h"
#include "base/unix_socket.h"

namespace forkjail {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
bool closes_on_exec(int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(UniqueFd, ClosesWhatItOwnsAndGivesAwayWhatItReleases) {
  Pipe pipe = *make_pipe();
  const int read_end = pipe.read_end.get();
  {
    const UniqueFd owner = std::move(pipe.read_end);
    EXPECT_FALSE(pipe.read_end.valid());  // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_TRUE(is_open(read_end));
  }
  EXPECT_FALSE(is_open(read_end));
  UniqueFd owner = std::move(pipe.write_end);
  const int released = owner.release();
  owner.reset();
  EXPECT_TRUE(is_open(released));
  ::close(released);
}

TEST(UniqueFd, SurvivesItsOwnMoveAssignment) {
  Pipe pipe = *make_pipe();
  UniqueFd& same = pipe.read_end;
  pipe.read_end = std::move(same);
  EXPECT_TRUE(pipe.read_end.valid());
  EXPECT_TRUE(is_open(pipe.read_end.get()));
}

TEST(Pipe, ClosesOnExecFromBirth) {
  const Pipe pipe = *make_pipe(O_NONBLOCK);
  EXPECT_TRUE(closes_on_exec(pipe.read_end.get()) && closes_on_exec(pipe.write_end.get()));
  char byte;
  EXPECT_EQ(::read(pipe.read_end.get(), &byte, 1), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(Io, ReadsExactlyAndReportsAnEarlyEnd) {
  Pipe pipe = *make_pipe();
  ASSERT_TRUE(write_all(pipe.write_end.get(), bytes_of("abc")));
  pipe.write_end.reset();
  std::array<std::byte, 2> two;
  EXPECT_TRUE(read_exactly(pipe.read_end.get(), two));
  const auto status = read_exactly(pipe.read_end.get(), two);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().sys_errno, 0);
}

TEST(Io, ReportsAWriteToAClosedPipe) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe = *make_pipe();
  pipe.read_end.reset();
  EXPECT_EQ(write_all(pipe.write_end.get(), bytes_of("x")).error().sys_errno, EPIPE);
}

TEST(Io, RefusesAFileAboveItsCapAndASymlinkToWriteTo) {
  EXPECT_EQ(read_file("/proc/self/status", 10).error().sys_errno, EFBIG);
  EXPECT_EQ(read_file("/nonexistent").error().sys_errno, ENOENT);
  EXPECT_EQ(write_file("/proc/self/exe", "x").error().sys_errno, ELOOP);
}

TEST(UnixSocket, CarriesOneMessageAPacketWithItsDescriptors) {
  auto [ours, theirs] = *make_socket_pair();
  Pipe pipe = *make_pipe();
  const std::array fds{pipe.write_end.get()};
  ASSERT_TRUE(send_packet(ours.get(), bytes_of("one"), fds));
  ASSERT_TRUE(send_packet(ours.get(), bytes_of("second")));
  const auto first = receive_packet(theirs.get());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bytes.size(), 3U);
  ASSERT_EQ(first->fds.size(), 1U);
  EXPECT_TRUE(closes_on_exec(first->fds[0].get()));
  ASSERT_TRUE(write_all(first->fds[0].get(), bytes_of("x")));
  char byte;
  EXPECT_EQ(::read(pipe.read_end.get(), &byte, 1), 1);
  EXPECT_EQ(receive_packet(theirs.get())->bytes.size(), 6U);
}

TEST(UnixSocket, GivesAnEmptyPacketWhenThePeerIsGone) {
  auto ends = make_socket_pair();
  ends->first.reset();
  const auto packet = receive_packet(ends->second.get());
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->bytes.empty());
  EXPECT_EQ(send_packet(ends->second.get(), bytes_of("x")).error().sys_errno, EPIPE);
}

// As few more descriptors as given can be opened while it lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t more) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const UniqueFd next(::dup(STDIN_FILENO));
    const rlimit limit{static_cast<rlim_t>(next.get()) + more, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class DescriptorsLost : public testing::TestWithParam<rlim_t> {};

TEST_P(DescriptorsLost, LeaveTheBytesOfThePacketAndNoDescriptorOpen) {
  auto [ours, theirs] = *make_socket_pair();
  Pipe pipe = *make_pipe();
  const std::array fds{pipe.write_end.get(), pipe.write_end.get(), pipe.write_end.get()};
  ASSERT_TRUE(send_packet(ours.get(), bytes_of("one"), fds));
  ASSERT_TRUE(send_packet(ours.get(), bytes_of("second"), fds));
  {
    const DescriptorLimit limit(GetParam());
    const auto packet = receive_packet(theirs.get());
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->bytes.size(), 3U);
    EXPECT_TRUE(packet->fds_lost);
    EXPECT_LT(packet->fds.size(), fds.size());
  }
  const auto packet = receive_packet(theirs.get());
  ASSERT_TRUE(packet);
  EXPECT_FALSE(packet->fds_lost);
  EXPECT_EQ(packet->fds.size(), fds.size());
  ours.reset();
  EXPECT_TRUE(receive_packet(theirs.get())->bytes.empty());
}

INSTANTIATE_TEST_SUITE_P(RoomForFewOrNone, DescriptorsLost, testing::Values(0, 1, 2));

TEST(UnixSocket, DistinguishesAPeerThatIsGoneFromWhatPasses) {
  auto ends = make_socket_pair();
  ends->first.reset();
  EXPECT_TRUE(peer_is_gone(send_packet(ends->second.get(), bytes_of("x")).error()));
  EXPECT_FALSE(peer_is_gone(Error{"sendmsg", ETOOMANYREFS, {}}));
  EXPECT_FALSE(peer_is_gone(Error{"sendmsg", EAGAIN, {}}));
}

TEST(UnixSocket, RefusesAPacketAboveTheCap) {
  const auto ends = make_socket_pair();
  const std::string large(kPacketBytesMax + 1, 'x');
  EXPECT_EQ(send_packet(ends->first.get(), bytes_of(large)).error().sys_errno, EMSGSIZE);
}

}  // namespace
}  // namespace forkjail
