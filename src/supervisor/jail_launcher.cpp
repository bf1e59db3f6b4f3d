#include "supervisor/jail_launcher.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "base/io.h"
#include "base/pipe.h"
#include "base/unix_socket.h"
#include "confine/capabilities.h"
#include "confine/process_flags.h"
#include "protocol/preload_directory.h"
#include "protocol/wire.h"
#include "protocol/zygote_capabilities.h"
#include "protocol/zygote_channel.h"
#include "supervisor/jail_command.h"
#include "supervisor/oom_score.h"

namespace forkjail::supervisor {
namespace {

constexpr int kControlFd = 3;  // pass_fd in deploy/nsjail.cfg, and what the zygote expects

// Into a mount namespace of this child's own, which nsjail inherits.
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

// The jail of JailKind::chroot: the guest's root and three capabilities. The zygote takes its uid
// itself and keeps them (zygote/zygote_user.h): across an exec they would need the ambient set,
// which gVisor does not have.
Status enter_chroot(const Config& config) {
  if (::chroot(config.guest_root.c_str()) != 0 || ::chdir("/") != 0) return errno_error("chroot");
  if (::setgroups(0, nullptr) != 0) return errno_error("setgroups");
  // While still root, whose CAP_SETPCAP it needs.
  return confine::drop_bounding_set(confine::capability_mask(protocol::kZygoteCapabilities));
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

// Behind server and supervisor (cpu_weights.h). nsjail sets its niceness itself. A service that was
// started with a higher niceness stays at that: an ordinary user cannot lower it.
Status step_back(const JailPlan& plan) {
  if (!plan.cpu_way_out.empty()) {
    if (auto status = write_file(plan.cpu_way_out, "0"); !status) return status;
  }
  if (plan.kind == JailKind::nsjail || ::getpriority(PRIO_PROCESS, 0) >= plan.niceness) {
    return ok_status();
  }
  if (::setpriority(PRIO_PROCESS, 0, plan.niceness) != 0) return errno_error("setpriority");
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
  // First, since a failure of what follows is reported on kControlFd.
  if (auto status = place_descriptors(handed.control, handed.log); !status) return status;
  if (auto status = step_back(plan); !status) return status;
  raise_own_oom_score(kZygoteOomScore);
  const uid_t owner = plan.kind == JailKind::chroot ? static_cast<uid_t>(config.cell_ids.first) : 0;
  if (auto status = handed.preload_directory.make(owner); !status) return status;
  if (plan.kind == JailKind::nsjail) {
    const std::string stand_in = directory_for_guest_root(config);
    if (!stand_in.empty()) {
      if (auto status = bind_root(config.guest_root, stand_in); !status) return status;
    }
  }
  if (plan.kind == JailKind::chroot) {
    if (auto status = enter_chroot(config); !status) return status;
  }
  if (plan.kind != JailKind::nsjail) {
    if (auto status = confine::forbid_new_privileges(); !status) return status;
  }
  // Killed with the supervisor, however that ends; the control socket's end of file is the other
  // way. A zygote that changes its uid, which resets this, asks for it again.
  return confine::die_with_parent();
}

// Child of the supervisor, between fork and exec. A failure is reported as a zygote reports its
// own.
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
  const protocol::ZygoteMessage failed{.verb = protocol::ZygoteVerb::failed,
                                       .sys_errno = status.error().sys_errno};
  (void)send_packet(kControlFd, protocol::with_text(failed, status.error().to_string()));
  ::_exit(1);
}

}  // namespace

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
  const auto command = zygote_command(config, plan, flavour, warm_up, scratch_base);
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
