#include "server/config.h"

#include <algorithm>

namespace forkjail::server {

Capacity default_capacity(unsigned cpu_count, std::uint64_t memory_bytes, const RunLimits& limits) {
  constexpr std::uint64_t kParkedCellBytes = 8 * kMiB;  // measured: 1-5 MB, kernel memory included
  constexpr std::uint64_t kWarmBytes = 256 * kMiB;      // the zygote, the server, the supervisor
  constexpr std::uint32_t kRunningMin = 4;
  constexpr std::uint32_t kDying = 4;    // ended, and not cleared away yet
  constexpr std::uint32_t kReserve = 2;  // docs/decisions/callers.md

  const std::uint64_t free_bytes =
      memory_bytes > 2 * kWarmBytes ? memory_bytes - kWarmBytes : kWarmBytes;
  const auto wall_per_cpu = static_cast<std::uint32_t>(std::max<std::int64_t>(
      1, limits.wall_time / std::max(limits.cpu_time, std::chrono::milliseconds(1))));
  const auto by_cpu = std::max(cpu_count * std::min(wall_per_cpu, 8U), kRunningMin);
  const auto by_memory = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      free_bytes / (limits.memory_bytes + kCellMemorySlackBytes), 1, 4'096));
  Capacity capacity{};
  capacity.running_reserve = std::min(kReserve, by_memory / 4);
  capacity.running_max = std::min(by_cpu, by_memory - capacity.running_reserve);
  capacity.parked_target = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      (2ULL * cpu_count) + 8, 2, std::max<std::uint64_t>(2, free_bytes / 8 / kParkedCellBytes)));
  capacity.cells_max =
      capacity.running_max + capacity.running_reserve + capacity.parked_target + kDying;
  return capacity;
}

std::uint32_t default_sessions_max(std::uint64_t memory_bytes, std::uint64_t descriptors_max,
                                   const SessionLimits& limits) {
  constexpr std::uint64_t kMost = 64;
  constexpr std::uint64_t kDescriptorsToEach = 128;
  const std::uint64_t by_descriptors = descriptors_max / kDescriptorsToEach;
  const std::uint64_t usual_bytes = std::max<std::uint64_t>(limits.memory_bytes / 2, 1);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(
      std::min(memory_bytes / 2 / usual_bytes, by_descriptors), 1, kMost));
}

Result<std::size_t> connections_within(std::uint64_t descriptors_max, std::uint32_t cells_max,
                                       std::size_t connections_max) {
  // Of the server: four pipes. Of the supervisor, which has the same limit: a pidfd and the files
  // of a slot's cgroups.
  constexpr std::uint64_t kOfACell = 8;
  constexpr std::uint64_t kOfTheService =
      64;  // the loop, the sockets, the log, cells in the making
  constexpr std::uint64_t kConnectionsMin = 16;
  const std::uint64_t set_aside = (kOfACell * cells_max) + kOfTheService;
  if (descriptors_max < set_aside + kConnectionsMin) {
    return Error{"open files", 0,
                 "the limit (ulimit -n) is " + std::to_string(descriptors_max) + ", and " +
                     std::to_string(cells_max) + " cells need " +
                     std::to_string(set_aside + kConnectionsMin) +
                     "; raise it or lower --cells-max"};
  }
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(descriptors_max - set_aside, connections_max));
}

protocol::PerFlavour<std::uint32_t> parked_by_flavour(std::uint32_t parked_target, bool preloads) {
  using enum protocol::Flavour;
  protocol::PerFlavour<std::uint32_t> parked;
  parked[light] = std::max(preloads ? parked_target * 2 / 3 : parked_target, 1U);
  parked[full] = preloads ? std::max(parked_target - parked[light], 1U) : 0;
  return parked;
}

http::Limits http_limits_for(std::uint64_t memory_bytes) {
  constexpr std::size_t kLeast = 32 * kMiB;  // some of the largest, in any case
  http::Limits limits;
  limits.bodies_bytes_max =
      std::clamp<std::size_t>(memory_bytes / 8, kLeast, limits.bodies_bytes_max);
  limits.answers_bytes_max =
      std::clamp<std::size_t>(memory_bytes / 16, kLeast, limits.answers_bytes_max);
  return limits;
}

void divide_connections(std::size_t number, http::Limits& limits) {
  limits.kept_back_max = std::min(limits.kept_back_max, number / 8);
  limits.kept_back_busy_max = limits.kept_back_max / 2;
  limits.connections_max = number - limits.kept_back_max;
}

}  // namespace forkjail::server
