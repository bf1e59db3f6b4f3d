#include "supervisor/keys_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace forkjail::supervisor {

// Without waiting, whatever lies there: the loop ends the runs of all. A symbolic link is followed,
// since a Secret of Kubernetes is one.
Result<UniqueFd> open_keys_file(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.valid()) return errno_error("open the keys");
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return errno_error("open the keys");
  if (!S_ISREG(status.st_mode)) return Error{"open the keys", EINVAL, "not a regular file"};
  return file;
}

KeysFile::KeysFile(std::string path, ServerChannel& server)
    : path_(std::move(path)), server_(server) {
  if (path_.empty()) return;
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGHUP);
  signals_ = UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_.valid()) spdlog::warn("{}", errno_error("watch for SIGHUP").to_string());
}

void KeysFile::on_readable() {
  signalfd_siginfo ignored{};
  bool came = false;
  while (::read(signals_.get(), &ignored, sizeof ignored) > 0) came = true;
  if (came) send();
}

// The server asks again after EAGAIN: by then it has read what stands before this answer.
void KeysFile::send() {
  protocol::SupervisorMessage message{.verb = protocol::SupervisorVerb::keys_opened};
  const Result<UniqueFd> file = open_keys_file(path_);
  Status sent = ok_status();
  if (file) {
    const std::array fds{file->get()};
    sent = server_.send_cell(message, fds);
    if (sent) return;
  }
  message.sys_errno = std::max(file ? sent.error().sys_errno : file.error().sys_errno, 1);
  server_.send(message);
}

}  // namespace forkjail::supervisor
