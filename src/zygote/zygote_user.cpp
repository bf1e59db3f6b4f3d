#include "zygote/zygote_user.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>

#include "protocol/zygote_capabilities.h"

namespace forkjail::zygote {
namespace {

using CapabilitySets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

constexpr std::uint32_t kKept = [] {
  std::uint32_t set = 0;
  for (const unsigned capability : protocol::kZygoteCapabilities) set |= 1U << capability;
  return set;
}();

// The change of uid kept the permitted set (PR_SET_KEEPCAPS) and emptied the effective one.
Status keep_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilitySets sets{};
  sets[0].effective = sets[0].permitted = kKept;
  if (::syscall(SYS_capset, &header, sets.data()) != 0) return errno_error("capset");
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return errno_error("capget");
  if (sets[0].permitted != kKept || sets[1].permitted != 0) {
    return Error{"zygote's capabilities", EPERM, "not those that it should keep"};
  }
  return ok_status();
}

}  // namespace

Status become_zygote_user(uid_t uid) {
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno_error("keep capabilities");
  if (::setresgid(uid, uid, uid) != 0) return errno_error("setresgid");
  if (::setresuid(uid, uid, uid) != 0) return errno_error("setresuid");
  if (auto status = keep_capabilities(); !status) return status;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno_error("PR_SET_PDEATHSIG");
  return ok_status();
}

}  // namespace forkjail::zygote
