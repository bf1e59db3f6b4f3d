// Which layers make the full isolation level, and with it sessions that keep states.
#pragma once

#include "protocol/optional_layers.h"

namespace forkjail::protocol {

// Landlock is for where there are no namespaces. Only at this level has a session a keeper
// (protocol/keeper_channel.h): a tree of processes that ends with its first, which needs the
// namespaces, and whose memory is one number, which needs the cgroup. Elsewhere it is one process
// that reads requests from a pipe, as any cell.
[[nodiscard]] constexpr bool is_full(const OptionalLayers& layers) {
  return layers.namespaces && layers.own_uid && layers.memory_cgroup;
}

}  // namespace forkjail::protocol
