// The server and the supervisor ahead of all scripts for the processor: a control group of these
// two that weighs as much as several others. Nothing is done for a cell: it stands where its zygote
// stands, outside.
//
// Niceness alone is not enough: where the kernel makes a group of each session (sched(7), the
// autogroup feature), it counts only within one, and each cell has a session of its own.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "supervisor/cgroup_directory.h"

namespace forkjail::supervisor {

class Cgroups;

// Of zygotes and cells, where no weight can be given: a third of the server's share.
inline constexpr int kFallbackNiceness = 5;

class CpuWeights {
 public:
  // `ours`: the server and the supervisor. `cgroups`: where v2 serves, these two may stand in a
  // group of their own already; null: there are none. Outlives the weights.
  // Errors: one line that says what is missing.
  static Result<std::unique_ptr<CpuWeights>> raise(const std::vector<pid_t>& ours,
                                                   Cgroups* cgroups);
  CpuWeights(const CpuWeights&) = delete;
  CpuWeights& operator=(const CpuWeights&) = delete;
  // Everything is again as it was found.
  ~CpuWeights();

  // A zygote leaves the group by writing "0" to this file; empty: it may stay.
  [[nodiscard]] const std::string& way_out() const { return way_out_; }
  // v1: the group where zygotes and cells are; else empty.
  [[nodiscard]] const std::string& outer() const { return outer_; }

 private:
  CpuWeights() = default;
  Status raise_v1(const std::string& directory, const std::vector<pid_t>& ours);

  std::string way_out_;
  std::string outer_;                       // v1: where these two were
  std::unique_ptr<CgroupDirectory> group_;  // v1: where they are
  Cgroups* v2_ = nullptr;                   // v2: has the weight
};

}  // namespace forkjail::supervisor
