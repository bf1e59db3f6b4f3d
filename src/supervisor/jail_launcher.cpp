#include "supervisor/jail_launcher.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/io.h"
#include "base/pipe.h"
#include "base/unix_socket.h"
#include "protocol/preload_directory.h"
#include "protocol/walls.h"
#include "protocol/wire.h"
#include "protocol/worker_channel.h"
#include "protocol/zygote_capabilities.h"
#include "supervisor/oom_score.h"

namespace forkjail::supervisor {
namespace {

constexpr int kControlFd = 3;  // pass_fd in deploy/nsjail.cfg, and what the zygote expects
constexpr char kZygote[] = "/usr/lib/forkjail/forkjail-zygote";

// Inside from 0 on, outside the cells' ids; or, for an ordinary user, itself alone, and not as
// root.
std::string id_map(const JailPlan& plan, const IdRange& ids, uid_t self) {
  return plan.walls.own_uid ? "0:" + std::to_string(ids.first) + ":" + std::to_string(ids.count)
                            : "1000:" + std::to_string(self) + ":1";
}

std::vector<std::string> zygote_arguments(const Config& config, const JailPlan& plan,
                                          protocol::Flavour flavour, protocol::WarmUp warm_up,
                                          const std::string& scratch_base) {
  std::vector<std::string> arguments{"--walls", protocol::encode(plan.walls), "--warm-up",
                                     std::string(name_of(warm_up))};
  if (flavour == protocol::Flavour::full) {
    arguments.insert(arguments.end(), {"--preload", config.preload});
  }
  if (!scratch_base.empty()) arguments.insert(arguments.end(), {"--scratch-base", scratch_base});
  if (plan.kind == JailKind::open) {
    arguments.insert(arguments.end(), {"--root", config.guest_root});
  }
  if (plan.kind == JailKind::chroot) {
    arguments.insert(arguments.end(), {"--user", std::to_string(config.cell_ids.first)});
  }
  if (!config.failing_step.empty()) {
    arguments.insert(arguments.end(), {"--fail-step", config.failing_step});
  }
  if (!config.skipped_step.empty()) {
    arguments.insert(arguments.end(), {"--skip-step", config.skipped_step});
  }
  return arguments;
}

// nsjail looks the guest's root up as an unprivileged user, who cannot pass a directory like /root.
bool others_can_reach(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  for (fs::path path = directory; path != path.parent_path(); path = path.parent_path()) {
    std::error_code error;
    const fs::perms mode = fs::status(path, error).permissions();
    if (error || (mode & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

// Where the guest's root is bound to, in a mount namespace of nsjail's own, if others cannot reach
// it: a directory that every Debian has and that nsjail needs nothing of. Empty: it stays where it
// is.
std::string stand_in_for_root(const Config& config) {
  if (::geteuid() != 0 || others_can_reach(config.guest_root)) return {};
  for (const std::string candidate : {"/mnt", "/media", "/srv"}) {
    const bool hides_nsjail = config.nsjail_path.starts_with(candidate + "/");
    if (!hides_nsjail && std::filesystem::is_directory(candidate)) return candidate;
  }
  return {};
}

Status bind_root(const std::string& guest_root, const std::string& stand_in) {
  if (::unshare(CLONE_NEWNS) != 0) return errno_error("unshare mounts for the guest root");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return errno_error("make mounts private");
  }
  if (::mount(guest_root.c_str(), stand_in.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return errno_error("bind the guest root to " + stand_in);
  }
  return ok_status();
}

std::vector<std::string> nsjail_command(const Config& config, const JailPlan& plan) {
  std::vector<std::string> command{config.nsjail_path, "--config", nsjail_settings_path(config)};
  const std::string stand_in = stand_in_for_root(config);
  command.insert(command.end(), {"--chroot", stand_in.empty() ? config.guest_root : stand_in});
  command.insert(command.end(), {"--user", id_map(plan, config.cell_ids, ::geteuid())});
  command.insert(command.end(), {"--group", id_map(plan, config.cell_ids, ::getegid())});
  if (!plan.pivot_root) command.emplace_back("--no_pivotroot");
  command.insert(command.end(), {"--nice_level", std::to_string(plan.niceness)});
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
  return {loader, "--library-path", libraries, zygote_path(config)};
}

std::vector<std::string> command_line(const Config& config, const JailPlan& plan,
                                      protocol::Flavour flavour, protocol::WarmUp warm_up,
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
  const auto arguments = zygote_arguments(config, plan, flavour, warm_up, scratch_base);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

// The memory devices of the guest.
struct Device {
  std::string_view name;
  unsigned minor;  // of major 1, the memory devices
  mode_t mode;     // of a cell, none of which is the owner
};
// Who may write to zero gets shared memory that no rlimit counts (sandbox/zero_device.h).
constexpr std::array kDevices{Device{"null", 3, 0666}, Device{"zero", 5, 0444},
                              Device{"urandom", 9, 0666}};

// Made aside and renamed: where it cannot be made the empty file must stay, because nsjail binds
// over it and a cell's Landlock rules name it.
Status make_device(const std::string& directory, const Device& device) {
  const std::string path = directory + "/" + std::string(device.name);
  const std::string fresh = path + ".new";
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0 && found.st_mode == (S_IFCHR | device.mode)) {
    return ok_status();
  }
  ::unlink(fresh.c_str());
  if (::mknod(fresh.c_str(), S_IFCHR, makedev(1, device.minor)) == 0 &&
      ::chmod(fresh.c_str(), device.mode) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0) {
    return ok_status();
  }
  const Error error = errno_error("make " + path);
  ::unlink(fresh.c_str());
  return error;
}

}  // namespace

Status make_devices(const std::string& guest_root) {
  for (const Device& device : kDevices) {
    if (auto status = make_device(guest_root + "/dev", device); !status) return status;
  }
  // A file system that is mounted nodev takes the nodes and does not open them.
  const std::string null = guest_root + "/dev/null";
  const UniqueFd opened(::open(null.c_str(), O_RDWR | O_CLOEXEC));
  if (!opened.valid()) return errno_error("open " + null);
  return ok_status();
}

namespace {

using protocol::kZygoteCapabilities;

// While still root, whose CAP_SETPCAP it needs.
Status drop_others_from_bounding_set() {
  for (unsigned long capability = 0;; ++capability) {
    const int held = ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (held < 0) return ok_status();
    if (std::ranges::find(kZygoteCapabilities, capability) != kZygoteCapabilities.end()) continue;
    if (held == 1 && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      return errno_error("drop the bounding set");
    }
  }
}

// The jail of JailKind::chroot: the guest's root and three capabilities. The zygote takes its uid
// itself and keeps them (zygote/own_user.h): across an exec they would need the ambient set, which
// gVisor does not have.
Status enter_chroot(const Config& config) {
  if (::chroot(config.guest_root.c_str()) != 0 || ::chdir("/") != 0) return errno_error("chroot");
  if (::setgroups(0, nullptr) != 0) return errno_error("setgroups");
  return drop_others_from_bounding_set();
}

// From here on `control` is kControlFd and `log` is 2, and nothing above them is open.
Status place_descriptors(const UniqueFd& control, const UniqueFd& log) {
  constexpr int kAbove = 10;
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  // Above all targets first: each may itself be one of 0 to 3.
  const int moved_control = ::fcntl(control.get(), F_DUPFD_CLOEXEC, kAbove);
  const int moved_log = ::fcntl(log.get(), F_DUPFD_CLOEXEC, kAbove);
  if (null < 0 || moved_control < 0 || moved_log < 0 || ::dup2(null, 0) < 0 ||
      ::dup2(null, 1) < 0 || ::dup2(moved_log, 2) < 0 || ::dup2(moved_control, kControlFd) < 0) {
    return errno_error("place descriptors");
  }
  if (::syscall(SYS_close_range, kControlFd + 1, 0x7fffffff, 0) != 0) {
    return errno_error("close_range");
  }
  return ok_status();
}

// Behind server and supervisor (cpu_weights.h). nsjail sets its niceness itself.
Status step_back(const JailPlan& plan) {
  if (!plan.cpu_way_out.empty()) {
    if (auto status = write_file(plan.cpu_way_out, "0"); !status) return status;
  }
  const bool is_nice = plan.kind != JailKind::nsjail && plan.niceness != 0;
  if (is_nice && ::setpriority(PRIO_PROCESS, 0, plan.niceness) != 0) {
    return errno_error("setpriority");
  }
  return ok_status();
}

// Of the zygote with this number, which without namespaces is our own child.
PreloadDirectory preload_directory_of(const Config& config, const JailPlan& plan,
                                      const std::string& scratch_base, pid_t zygote) {
  if (scratch_base.empty()) return {};
  const std::string root = plan.kind == JailKind::chroot ? config.guest_root : std::string();
  return PreloadDirectory(root + protocol::preload_directory(scratch_base, zygote));
}

// What the child hands to the zygote that it becomes.
struct Handed {
  const UniqueFd& control;
  const UniqueFd& log;
  const PreloadDirectory& preload_directory;
};

Status prepare_to_become(const Config& config, const JailPlan& plan, const Handed& handed) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (auto status = step_back(plan); !status) return status;
  if (auto status = place_descriptors(handed.control, handed.log); !status) return status;
  raise_own_oom_score(kZygoteOomScore);
  const uid_t owner = plan.kind == JailKind::chroot ? static_cast<uid_t>(config.cell_ids.first) : 0;
  if (auto status = handed.preload_directory.make(owner); !status) return status;
  if (plan.kind == JailKind::nsjail) {
    const std::string stand_in = stand_in_for_root(config);
    if (!stand_in.empty()) {
      if (auto status = bind_root(config.guest_root, stand_in); !status) return status;
    }
  }
  if (plan.kind == JailKind::chroot) {
    if (auto status = enter_chroot(config); !status) return status;
  }
  if (plan.kind != JailKind::nsjail && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return errno_error("no_new_privs");
  }
  // Killed with the supervisor, however that ends; the control socket's end of file is the other
  // way. A zygote that changes its uid, which resets this, asks for it again.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno_error("PR_SET_PDEATHSIG");
  return ok_status();
}

// child of the supervisor, between fork and exec. What goes wrong is said as a zygote would say it.
[[noreturn]] void become(const Config& config, const JailPlan& plan, const Handed& handed,
                         const std::vector<std::string>& command) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    argv.push_back(
        const_cast<char*>(argument.c_str()));  // NOLINT(*-const-cast): execve's signature
  }
  argv.push_back(nullptr);
  Status status = prepare_to_become(config, plan, handed);
  if (status.ok()) {
    char* const no_environment[] = {nullptr};
    ::execve(argv.front(), argv.data(), no_environment);
    status = errno_error("exec " + command.front());
  }
  const protocol::WorkerMessage failed{.verb = protocol::WorkerVerb::failed,
                                       .sys_errno = status.error().sys_errno};
  (void)send_packet(kControlFd, protocol::with_text(failed, status.error().to_string()));
  ::_exit(1);
}

}  // namespace

std::string zygote_path(const Config& config) { return config.guest_root + kZygote; }

std::string nsjail_settings_path(const Config& config) {
  return std::filesystem::path(config.nsjail_path).parent_path() / "nsjail.cfg";
}

Status find_parts(const Config& config, const JailPlan& plan) {
  const std::string root = "--guest-root " + config.guest_root;
  // nsjail would take a relative path from the host's root.
  if (!config.guest_root.starts_with('/')) return Error{root, 0, "is not an absolute path"};
  if (::access(zygote_path(config).c_str(), X_OK) != 0) {
    return errno_error(root, std::string("it has no ") + kZygote + " to run");
  }
  if (plan.kind != JailKind::nsjail) return ok_status();
  const std::string nsjail = "--nsjail " + config.nsjail_path;
  if (::access(config.nsjail_path.c_str(), X_OK) != 0) return errno_error(nsjail);
  if (::access(nsjail_settings_path(config).c_str(), R_OK) != 0) {
    return errno_error(nsjail, "nsjail.cfg must lie beside it");
  }
  return ok_status();
}

Result<LaunchedJail> launch_jail(const Config& config, const JailPlan& plan,
                                 protocol::Flavour flavour, protocol::WarmUp warm_up,
                                 const std::string& scratch_base) {
  if (auto status = find_parts(config, plan); !status) return status.error();
  auto ends = make_socket_pair();
  if (!ends) return ends.error();
  auto& [ours, theirs] = *ends;
  const int on = 1;
  if (::setsockopt(ours.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
    return errno_error("SO_PASSCRED");
  }
  // Ours alone: a zygote that reads no more must not hold us up.
  if (::fcntl(ours.get(), F_SETFL, O_RDWR | O_NONBLOCK) != 0) return errno_error("O_NONBLOCK");
  auto log = make_pipe();
  if (!log) return log.error();
  if (::fcntl(log->read_end.get(), F_SETFL, O_NONBLOCK) != 0) return errno_error("O_NONBLOCK");
  const auto command = command_line(config, plan, flavour, warm_up, scratch_base);
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid == 0) {
    const auto files = preload_directory_of(config, plan, scratch_base, ::getpid());
    become(config, plan, {theirs, log->write_end, files}, command);
  }
  return LaunchedJail{pid, std::move(ours), std::move(log->read_end),
                      preload_directory_of(config, plan, scratch_base, pid)};
}

}  // namespace forkjail::supervisor
