#include "supervisor/jail_launcher.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
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
constexpr std::uint32_t kUidRange = 65'536;

// Inside 0 .. 65535, outside uid_first .. ; or, for an ordinary user, itself as the only one.
std::string id_map(const JailPlan& plan, uid_t first, uid_t self) {
  return plan.walls.own_uid ? "0:" + std::to_string(first) + ":" + std::to_string(kUidRange)
                            : "0:" + std::to_string(self) + ":1";
}

std::vector<std::string> zygote_arguments(const Config& config, const JailPlan& plan,
                                          const std::string& scratch_base) {
  std::vector<std::string> arguments{"--walls", protocol::encode(plan.walls), "--preload",
                                     config.preload};
  if (!scratch_base.empty()) arguments.insert(arguments.end(), {"--scratch-base", scratch_base});
  if (plan.kind == JailKind::open) {
    arguments.insert(arguments.end(), {"--root", config.guest_root});
  }
  if (!config.failing_step.empty()) {
    arguments.insert(arguments.end(), {"--fail-step", config.failing_step});
  }
  return arguments;
}

std::vector<std::string> nsjail_command(const Config& config, const JailPlan& plan) {
  const auto settings = std::filesystem::path(config.nsjail_path).parent_path() / "nsjail.cfg";
  std::vector<std::string> command{config.nsjail_path, "--config", settings.string()};
  command.insert(command.end(), {"--chroot", config.guest_root});
  command.insert(command.end(), {"--user", id_map(plan, config.uid_first, ::geteuid())});
  command.insert(command.end(), {"--group", id_map(plan, config.uid_first, ::getegid())});
  if (!plan.pivot_root) command.emplace_back("--no_pivotroot");
  command.insert(command.end(), {"--", kZygote});
  return command;
}

// The guest's own loader and libraries, since the host's may be others. The directory of the C
// library is found by its multiarch name, the only one that holds a libc.
std::vector<std::string> open_command(const Config& config) {
  namespace fs = std::filesystem;
  std::string loader;
  std::string libraries;
  for (const auto& entry : fs::directory_iterator(config.guest_root + "/usr/lib64")) {
    loader = entry.path();
  }
  for (const auto& entry : fs::directory_iterator(config.guest_root + "/usr/lib")) {
    if (fs::exists(entry.path() / "libc.so.6")) libraries = entry.path();
  }
  return {loader, "--library-path", libraries, config.guest_root + kZygote};
}

std::vector<std::string> command_line(const Config& config, const JailPlan& plan,
                                      const std::string& scratch_base) {
  std::vector<std::string> command;
  switch (plan.kind) {
    case JailKind::nsjail:
      command = nsjail_command(config, plan);
      break;
    case JailKind::chroot:
      command = {kZygote};
      break;
    case JailKind::open:
      command = open_command(config);
      break;
  }
  const auto arguments = zygote_arguments(config, plan, scratch_base);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

// What a zygote without a user namespace keeps: the right to give each cell its uid and to take
// everything from it.
constexpr std::array<unsigned, 3> kZygoteCapabilities{CAP_SETUID, CAP_SETGID, CAP_SETPCAP};

bool keep_only_zygote_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  for (const unsigned capability : kZygoteCapabilities) {
    sets[0].effective |= 1U << capability;
  }
  sets[0].permitted = sets[0].inheritable = sets[0].effective;
  for (unsigned long capability = 0;; ++capability) {
    const int held = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (held < 0) break;
    const bool kept = capability < 32 && (sets[0].effective & (1U << capability)) != 0;
    if (held == 1 && !kept && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return false;
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) return false;
  for (const unsigned capability : kZygoteCapabilities) {
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return false;
  }
  return true;
}

// The jail of JailKind::chroot: the guest's root, a uid of its own, three capabilities.
bool enter_chroot(const Config& config) {
  const auto id = config.uid_first;
  return ::chroot(config.guest_root.c_str()) == 0 && ::chdir("/") == 0 &&
         ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && ::setgroups(0, nullptr) == 0 &&
         ::setresgid(id, id, id) == 0 && ::setresuid(id, id, id) == 0 &&
         keep_only_zygote_capabilities();
}

bool place_descriptors(const UniqueFd& control) {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  // Above all targets first: `control` may itself be 0, 1 or 3.
  const int moved = ::fcntl(control.get(), F_DUPFD_CLOEXEC, 10);
  if (null < 0 || moved < 0 || ::dup2(null, 0) < 0 || ::dup2(null, 1) < 0 ||
      ::dup2(moved, kControlFd) < 0) {
    return false;
  }
  return ::syscall(SYS_close_range, kControlFd + 1, 0x7fffffff, 0) == 0;
}

// child of the supervisor, between fork and exec.
[[noreturn]] void become(const Config& config, const JailPlan& plan, const UniqueFd& control,
                         const std::vector<std::string>& command) {
  constexpr int kNotStarted = 127;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<char*> argv;
  for (const std::string& argument : command) {
    argv.push_back(
        const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): execve's signature
  }
  argv.push_back(nullptr);
  if (!place_descriptors(control)) ::_exit(kNotStarted);
  if (plan.kind == JailKind::chroot && !enter_chroot(config)) ::_exit(kNotStarted);
  if (plan.kind != JailKind::nsjail && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    ::_exit(kNotStarted);
  }
  // Killed with the supervisor, however that ends; the control socket's end of file is the other
  // way. After the change of uid, which resets it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  char* const no_environment[] = {nullptr};
  ::execve(argv.front(), argv.data(), no_environment);
  ::_exit(kNotStarted);
}

}  // namespace

Result<LaunchedJail> launch_jail(const Config& config, const JailPlan& plan,
                                 const std::string& scratch_base) {
  // nsjail would take a relative path from the host's root.
  if (!config.guest_root.starts_with('/')) {
    return Error{"guest root", EINVAL, config.guest_root + " is not an absolute path"};
  }
  std::vector<std::string> needed{config.guest_root + kZygote};
  if (plan.kind == JailKind::nsjail) needed.push_back(config.nsjail_path);
  for (const std::string& path : needed) {
    if (::access(path.c_str(), X_OK) != 0) return errno_error("find " + path);
  }
  auto ends = make_socket_pair();
  if (!ends) return ends.error();
  auto& [ours, theirs] = *ends;
  const int on = 1;
  if (::setsockopt(ours.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
    return errno_error("SO_PASSCRED");
  }
  const auto command = command_line(config, plan, scratch_base);
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid == 0) become(config, plan, theirs, command);
  return LaunchedJail{pid, std::move(ours)};
}

}  // namespace forkjail::supervisor
