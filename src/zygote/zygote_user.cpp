#include "zygote/zygote_user.h"

#include <sys/prctl.h>
#include <unistd.h>

#include "confine/capabilities.h"
#include "confine/process_flags.h"
#include "protocol/zygote_capabilities.h"

namespace forkjail::zygote {
namespace {

constexpr confine::CapabilityMask kKept = confine::capability_mask(protocol::kZygoteCapabilities);

}  // namespace

Status become_zygote_user(uid_t uid) {
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno_error("keep capabilities");
  if (::setresgid(uid, uid, uid) != 0) return errno_error("setresgid");
  if (::setresuid(uid, uid, uid) != 0) return errno_error("setresuid");
  // The change of uid kept the permitted set and emptied the effective one.
  if (auto status = confine::set_capabilities(kKept); !status) return status;
  if (auto status = confine::verify_capabilities(kKept); !status) return status;
  return confine::die_with_parent();
}

}  // namespace forkjail::zygote
