#include "zygote/keeper/first_state.h"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <span>
#include <utility>

#include "base/io.h"
#include "protocol/run_frames.h"
#include "sandbox/descriptors.h"

namespace forkjail::zygote {
namespace {

// Higher than any number that a cell has before its script runs.
constexpr int kNumbersUsed = 32;

}  // namespace

Status FirstState::begin() {
  auto number = make_pipe();
  if (!number) return number.error();
  auto separated = make_pipe();
  if (!separated) return separated.error();
  listener_number_ = *std::move(number);
  separated_ = *std::move(separated);
  auto first = sandbox::clone_process(CLONE_FILES);
  if (!first) return first.error();
  if (first->pid != 0) become_keeper(*std::move(first));
  return ok_status();
}

void FirstState::become_keeper(sandbox::ClonedProcess first) {
  std::array<pollfd, 2> ready{pollfd{listener_number_.read_end.get(), POLLIN, 0},
                              pollfd{first.pidfd.get(), POLLIN, 0}};
  if (::poll(ready.data(), ready.size(), -1) < 0 || ready[0].revents == 0) ::_exit(1);
  int listener = -1;
  const auto told = read_exactly(listener_number_.read_end.get(),
                                 std::as_writable_bytes(std::span(&listener, 1)));
  if (!told || ::unshare(CLONE_FILES) != 0) ::_exit(1);
  const std::byte go{1};
  if (!write_all(separated_.write_end.get(), std::span(&go, 1))) ::_exit(1);
  for (Pipe* pipe : {&listener_number_, &separated_}) *pipe = {};
  first.pidfd.reset();
  const std::array sources{protocol::kCellRequestFd, listener};
  if (!sandbox::keep_only(sources)) ::_exit(1);
  keeper_main(
      {.channel = UniqueFd(0), .listener = UniqueFd(1), .first = first.pid, .filter = &filter_});
}

Status FirstState::hand_over(UniqueFd listener, int kept) {
  const int number = listener.get();
  const auto bytes = std::as_bytes(std::span(&number, 1));
  if (auto told = write_all(listener_number_.write_end.get(), bytes); !told) return told;
  std::byte go{};
  if (auto read = read_exactly(separated_.read_end.get(), std::span(&go, 1)); !read) return read;
  listener.reset();
  for (Pipe* pipe : {&listener_number_, &separated_}) *pipe = {};
  for (int fd = kept; fd < kNumbersUsed; ++fd) ::close(fd);
  return sandbox::verify_descriptors(kept);
}

}  // namespace forkjail::zygote
