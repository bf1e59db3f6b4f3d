#include "confine/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace forkjail::confine {
namespace {

constexpr unsigned kBitsPerHalf = 32;

// capget(2) and capset(2) version 3 take two halves of 32 capabilities each.
using Halves = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

Result<Halves> held_now() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Halves halves{};
  if (::syscall(SYS_capget, &header, halves.data()) != 0) return errno_error("capget");
  return halves;
}

std::uint32_t half_of(CapabilityMask mask, std::size_t half) {
  return static_cast<std::uint32_t>(mask >> (kBitsPerHalf * half));
}

// 1 or 0; negative past the last capability of this kernel.
int is_in_bounding_set(unsigned long capability) {
  return ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
}

}  // namespace

Result<bool> may_change_bounding_set() {
  const auto held = held_now();
  if (!held) return held.error();
  return ((*held)[0].effective & (1U << CAP_SETPCAP)) != 0;
}

Status drop_bounding_set(CapabilityMask kept) {
  for (unsigned long capability = 0;; ++capability) {
    const int held = is_in_bounding_set(capability);
    if (held < 0) return ok_status();
    if (held == 0 || (kept >> capability & 1U) != 0) continue;
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
      return errno_error("drop the bounding set");
    }
  }
}

Status verify_bounding_set_empty() {
  for (unsigned long capability = 0;; ++capability) {
    const int held = is_in_bounding_set(capability);
    if (held < 0) return ok_status();
    if (held != 0) return Error{"verify bounding set", 0, "not empty"};
  }
}

Status clear_ambient_set() {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) {
    return errno_error("clear the ambient set");
  }
  return ok_status();
}

Status set_capabilities(CapabilityMask mask) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Halves halves{};
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves.at(i).effective = halves.at(i).permitted = half_of(mask, i);
  }
  if (::syscall(SYS_capset, &header, halves.data()) != 0) return errno_error("capset");
  return ok_status();
}

Status verify_capabilities(CapabilityMask mask) {
  const auto held = held_now();
  if (!held) return held.error();
  for (std::size_t i = 0; i < held->size(); ++i) {
    const auto& half = held->at(i);
    const std::uint32_t expected = half_of(mask, i);
    if (half.effective != expected || half.permitted != expected || half.inheritable != 0) {
      return Error{"verify capabilities", 0, mask == 0 ? "some are left" : "not those to be kept"};
    }
  }
  return ok_status();
}

}  // namespace forkjail::confine
