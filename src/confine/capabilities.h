// Capabilities (capabilities(7)) given up, and read back from the kernel. Server, zygote, cell, and
// the supervisor's children before they become a zygote. All of it concerns the calling thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"

namespace forkjail::confine {

// One bit per capability.
using CapabilityMask = std::uint64_t;

constexpr CapabilityMask capability_mask(std::span<const unsigned> capabilities) {
  CapabilityMask mask = 0;
  for (const unsigned capability : capabilities) mask |= CapabilityMask{1} << capability;
  return mask;
}

// Whether the bounding set can be changed (CAP_SETPCAP). Where it cannot, nothing can be gained
// from it once no_new_privs is set.
Result<bool> may_change_bounding_set();

// Removes all but `kept` from the bounding set.
Status drop_bounding_set(CapabilityMask kept = 0);
Status verify_bounding_set_empty();

// Needs no privilege. A kernel without ambient capabilities (gVisor) has none to clear.
Status clear_ambient_set();

// Makes `mask` the effective and the permitted set, and empties the inheritable one. Needs no
// privilege if nothing is added.
Status set_capabilities(CapabilityMask mask);
// Compares all three sets with that.
Status verify_capabilities(CapabilityMask mask);

}  // namespace forkjail::confine
