#include "supervisor/nsjail_launcher.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "base/unix_socket.h"
#include "protocol/walls.h"

namespace forkjail::supervisor {
namespace {

constexpr int kControlFd = 3;  // pass_fd in deploy/nsjail.cfg, and what the zygote expects
constexpr char kZygote[] = "/usr/lib/forkjail/forkjail-zygote";
constexpr protocol::Walls kFullWalls{.namespaces = true, .own_uid = true, .landlock = false};
constexpr std::uint32_t kUidRange = 65'536;

// Inside 0 .. 65535, outside uid_first .. uid_first + 65535.
std::string id_map(uid_t first) {
  return "0:" + std::to_string(first) + ":" + std::to_string(kUidRange);
}

std::vector<std::string> command_line(const Config& config) {
  const auto settings = std::filesystem::path(config.nsjail_path).parent_path() / "nsjail.cfg";
  std::vector<std::string> arguments{config.nsjail_path,
                                     "--config",
                                     settings.string(),
                                     "--chroot",
                                     config.guest_root,
                                     "--user",
                                     id_map(config.uid_first),
                                     "--group",
                                     id_map(config.uid_first),
                                     "--",
                                     kZygote,
                                     "--walls",
                                     protocol::encode(kFullWalls),
                                     "--preload",
                                     config.preload};
  if (!config.failing_step.empty()) {
    arguments.insert(arguments.end(), {"--fail-step", config.failing_step});
  }
  return arguments;
}

void unblock_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// child of the supervisor, between fork and exec.
[[noreturn]] void become_nsjail(const UniqueFd& control,
                                const std::vector<std::string>& arguments) {
  // Killed with the supervisor, however that ends; the control socket's end of file is the other
  // way.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  unblock_signals();
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  // Above all targets first: `control` may itself be 0, 1 or 3.
  const int moved = ::fcntl(control.get(), F_DUPFD_CLOEXEC, 10);
  if (null < 0 || moved < 0 || ::dup2(null, 0) < 0 || ::dup2(null, 1) < 0 ||
      ::dup2(moved, kControlFd) < 0) {
    ::_exit(127);
  }
  ::syscall(SYS_close_range, kControlFd + 1, 0x7fffffff, 0);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(
        const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): execve's signature
  }
  argv.push_back(nullptr);
  char* const no_environment[] = {nullptr};
  ::execve(argv.front(), argv.data(), no_environment);
  ::_exit(127);
}

}  // namespace

Result<LaunchedJail> launch_jail(const Config& config) {
  // nsjail would take a relative path from the host's root.
  if (!config.guest_root.starts_with('/')) {
    return Error{"guest root", EINVAL, config.guest_root + " is not an absolute path"};
  }
  for (const std::string& needed : {config.nsjail_path, config.guest_root + kZygote}) {
    if (::access(needed.c_str(), X_OK) != 0) return errno_error("find " + needed);
  }
  auto ends = make_socket_pair();
  if (!ends) return ends.error();
  auto& [ours, theirs] = *ends;
  const int on = 1;
  if (::setsockopt(ours.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
    return errno_error("SO_PASSCRED");
  }
  const auto arguments = command_line(config);
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid == 0) become_nsjail(theirs, arguments);
  return LaunchedJail{pid, std::move(ours)};
}

}  // namespace forkjail::supervisor
