#include "supervisor/cgroups.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/io.h"
#include "base/limits.h"
#include "supervisor/cgroup_mounts.h"
#include "supervisor/number_file.h"
#include "supervisor/second_look.h"

namespace forkjail::supervisor {

// Names of the same things in both versions. Empty: there is no such file.
struct CgroupFiles {
  // A process that writes "0" to it is moved in. v1's `tasks` takes a thread, which is all that a
  // new cell has, and with that no lock for which the kernel waits for a grace period of RCU, as
  // `cgroup.procs` does: 10 ms and more in which all other cells wait, too. v2 has nothing like it
  // (but the mount option favordynmods, cgroup-v2.rst).
  std::string_view join;
  std::string_view threads;  // a line for each thread of the group
  std::string_view memory_limit;
  std::string_view memory_and_swap_limit;  // v1: counts both, set to the same value
  std::string_view swap_limit;             // v2: swap alone, set to 0
  std::string_view memory_peak;
  // Holds a line "oom_kill N": processes of the group that were killed, for whichever limit; in v2
  // also a line "oom N": what this group's own limit refused before. v1 has memory.failcnt for
  // that, which stays at 0 in Linux 6.18.
  std::string_view oom_events;
  std::string_view memory_now;
  std::string_view kernel_memory;       // holds what emptying may free: names looked up, inodes
  std::string_view kernel_memory_word;  // in a line behind this; empty: the file is the number
  std::string_view emptying;            // "0" written there frees all that can be, while one waits
};

namespace {

constexpr CgroupFiles kV1{.join = "tasks",
                          .threads = "tasks",
                          .memory_limit = "memory.limit_in_bytes",
                          .memory_and_swap_limit = "memory.memsw.limit_in_bytes",
                          .swap_limit = {},
                          .memory_peak = "memory.max_usage_in_bytes",
                          .oom_events = "memory.oom_control",
                          .memory_now = "memory.usage_in_bytes",
                          .kernel_memory = "memory.kmem.usage_in_bytes",
                          .kernel_memory_word = {},
                          .emptying = "memory.force_empty"};
constexpr CgroupFiles kV2{.join = "cgroup.procs",
                          .threads = "cgroup.threads",
                          .memory_limit = "memory.max",
                          .memory_and_swap_limit = {},
                          .swap_limit = "memory.swap.max",
                          .memory_peak = "memory.peak",
                          .oom_events = "memory.events",
                          .memory_now = "memory.current",
                          .kernel_memory = "memory.stat",
                          .kernel_memory_word = "slab_reclaimable",
                          .emptying = "memory.high"};

// What a cell read from files stays charged to its group. Below this the group is reused as it is;
// above, the next cell's figure would be wrong by too much. The pages are not asked back, or each
// cell in turn would read the same library from the disk: the group goes, and they stay cached.
// Kernel memory above it is asked back all the same: names that were looked up and do not exist
// cost their script nothing, and would stay until the machine is short of memory.
constexpr std::uint64_t kLeftBytesMax = 8 * kMiB;
// A limit that was reached shows in the peak of v1; charges come in batches of 64 pages.
constexpr std::uint64_t kNearLimitBytes = 1 * kMiB;
// Above this peak a group whose peak cannot be reset (v2 before Linux 6.12) serves no further cell:
// the next one's figure would be this one's. A parked cell alone takes up to 8 MB.
constexpr std::uint64_t kDiscardAboveBytes = 16 * kMiB;

// Of server, supervisor and zygotes; all cells together have 100.
constexpr std::string_view kV2ServiceWeight = "800";

std::string path_in(const CgroupDirectory& directory, std::string_view file) {
  return directory.path() + "/" + std::string(file);
}

Result<UniqueFd> open_join(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return errno_error("open " + path);
  return file;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

Status CellCgroup::set_memory_limit(std::uint64_t bytes) {
  const CgroupDirectory& memory = directories_.front();
  const std::string value = std::to_string(bytes + kCellMemorySlackBytes);
  const std::string limit = path_in(memory, files_->memory_limit);
  const std::string both =
      files_->memory_and_swap_limit.empty() ? "" : path_in(memory, files_->memory_and_swap_limit);
  const bool has_both = !both.empty() && exists(both);
  // v1 keeps limit <= limit with swap at every instant: up with the outer one first, down with the
  // inner one first.
  const bool up = bytes > limit_bytes_ && limit_bytes_ != 0;
  if (has_both && up) {
    if (auto status = write_file(both, value); !status) return status;
  }
  if (auto status = write_file(limit, value); !status) return status;
  if (has_both && !up) {
    if (auto status = write_file(both, value); !status) return status;
  }
  limit_bytes_ = bytes;
  return ok_status();
}

Status CellCgroup::set_idle(bool idle) {
  if (cpu_path_.empty()) return Error{"idle class", ENOENT, "the cell has no group for it"};
  const auto status = write_file(cpu_path_ + "/cpu.idle", idle ? "1" : "0");
  if (status) is_idle_ = idle;
  return status;
}

Status CellCgroup::set_time_slices(TimeSlice slice) {
  if (cpu_path_.empty()) return Error{"time slices", ENOENT, "the cell has no group for it"};
  return supervisor::set_time_slices(threads_file(), slice);
}

Status CellCgroup::look_again() const {
  if (cpu_path_.empty()) return ok_status();
  return supervisor::look_again(threads_file(), ::getpriority(PRIO_PROCESS, 0));
}

std::string CellCgroup::threads_file() const {
  return cpu_path_ + "/" + std::string(files_->threads);
}

Result<CellCgroup::OomEvents> CellCgroup::read_oom_events() const {
  const auto text = read_file(path_in(directories_.front(), files_->oom_events));
  if (!text) return text.error();
  const auto kills = number_behind("oom_kill", *text);
  if (!kills)
    return Error{"read " + std::string(files_->oom_events), EINVAL, "it has no oom_kill line"};
  return OomEvents{*kills, number_behind("oom", *text)};
}

std::uint64_t CellCgroup::read_kernel_memory() const {
  const std::string path = path_in(directories_.front(), files_->kernel_memory);
  if (files_->kernel_memory_word.empty()) return number_in_file(path).value_or(0);
  const auto text = read_file(path);
  return text ? number_behind(files_->kernel_memory_word, *text).value_or(0) : 0;
}

Result<std::uint64_t> CellCgroup::read_peak() const {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(peak_file_.get(), text.data(), text.size(), 0);
  if (length < 0) return errno_error("read the peak");
  const auto number = number_in_text({text.data(), static_cast<std::size_t>(length)});
  if (!number) return Error{"read the peak", EINVAL, {}};
  return *number;
}

// The kernel counts a kill in the victim's group, whosever limit it was for: a limit around the
// service, or the machine's memory, leaves the group's own limit untouched.
Result<protocol::MemoryKill> CellCgroup::read_memory_kill(std::uint64_t peak_bytes) {
  using protocol::MemoryKill;
  const auto events = read_oom_events();
  if (!events) return events.error();
  const OomEvents before = std::exchange(oom_events_before_, *events);
  if (events->kills == before.kills) return MemoryKill::none;
  const bool reached_own_limit =
      events->own_limit ? events->own_limit != before.own_limit.value_or(0)
                        : peak_bytes + kNearLimitBytes >= limit_bytes_ + kCellMemorySlackBytes;
  return reached_own_limit ? MemoryKill::own_limit : MemoryKill::outside;
}

CgroupNextUse CellCgroup::next_use_after(std::uint64_t peak_bytes) {
  const bool is_reset = ::pwrite(peak_file_.get(), "0", 1, 0) == 1;
  const auto left = peak_bytes <= kLeftBytesMax
                        ? std::optional(peak_bytes)
                        : number_in_file(path_in(directories_.front(), files_->memory_now));
  if (!left || *left > kLeftBytesMax) {
    const bool of_the_kernel = read_kernel_memory() > kLeftBytesMax;
    return of_the_kernel ? CgroupNextUse::emptying : CgroupNextUse::removal;
  }
  const bool peak_stays = !is_reset && peak_bytes > kDiscardAboveBytes;
  return peak_stays ? CgroupNextUse::removal : CgroupNextUse::another_cell;
}

std::string CellCgroup::emptying_file() const {
  return path_in(directories_.front(), files_->emptying);
}

Result<CgroupUsage> CellCgroup::measure() {
  const auto now = number_in_file(path_in(directories_.front(), files_->memory_now));
  if (!now) return Error{"read " + std::string(files_->memory_now), EINVAL, {}};
  const auto peak = read_peak();
  if (!peak) return peak.error();
  const auto kill = read_memory_kill(*peak);
  if (!kill) return kill.error();
  const bool is_reset = ::pwrite(peak_file_.get(), "0", 1, 0) == 1;
  return CgroupUsage{
      .memory_bytes = *now, .memory_peak_bytes = is_reset ? *peak : 0, .memory_kill = *kill};
}

std::vector<pid_t> CellCgroup::processes() const {
  const auto text = read_file(path_in(directories_.front(), "cgroup.procs"));
  if (!text) return {};
  const auto numbers = numbers_in_lines(*text);
  return {numbers.begin(), numbers.end()};
}

Result<CgroupUsage> CellCgroup::collect_and_reset() {
  CgroupUsage usage;
  // Removed by somebody else: no cell could join it.
  if (cpu_ && !exists(cpu_path_)) return Error{"the cell's share", ENOENT, cpu_path_};
  if (const auto peak = read_peak(); peak.ok()) usage.memory_peak_bytes = *peak;
  const auto kill = read_memory_kill(usage.memory_peak_bytes);
  if (!kill) return kill.error();
  usage.memory_kill = *kill;
  next_use_ = next_use_after(usage.memory_peak_bytes);
  if (is_idle_) {
    if (auto status = set_idle(false); !status) return status.error();
  }
  if (limit_bytes_ != memory_bytes_max_) {
    if (auto status = set_memory_limit(memory_bytes_max_); !status) return status.error();
  }
  return usage;
}

Result<std::unique_ptr<Cgroups>> Cgroups::find(const std::string& parent,
                                               const std::vector<pid_t>& ours) {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  if (!mountinfo) return mountinfo.error();
  const auto cgroup = read_file("/proc/self/cgroup");
  if (!cgroup) return cgroup.error();

  const auto v1_memory = own_v1_directory(*mountinfo, *cgroup, "memory");
  const auto v1_pids = own_v1_directory(*mountinfo, *cgroup, "pids");
  const bool use_v1 = parent.empty() && v1_memory && v1_pids;
  auto groups = std::unique_ptr<Cgroups>(new Cgroups(use_v1 ? kV1 : kV2));
  std::vector<std::string> parents;
  if (use_v1) {
    parents = {*v1_memory, *v1_pids};
  } else {
    auto found = CgroupV2Parent::find(parent, own_v2_place(*mountinfo, *cgroup), ours);
    if (!found) return found.error();
    parents = {found->path()};
    groups->v2_parent_.emplace(*std::move(found));
  }

  for (const std::string& directory : parents) {
    sweep_cgroups(directory);
    auto made = CgroupDirectory::make(directory + "/" + own_cgroup_name());
    if (!made) return made.error();
    groups->parents_.push_back(*std::move(made));
  }
  if (!use_v1) {
    const std::string control = path_in(groups->parents_.front(), "cgroup.subtree_control");
    if (auto status = write_file(control, "+memory +pids"); !status) return status.error();
  }
  return groups;
}

Result<CellCgroup> Cgroups::make_cell(std::uint32_t slot, std::uint64_t memory_bytes_max) {
  const std::string group = "cell-" + std::to_string(slot) + "-" + std::to_string(++made_);
  CellCgroup cell(*files_, "/" + own_cgroup_name() + "/" + group, memory_bytes_max);
  for (const CgroupDirectory& parent : parents_) {
    auto made = CgroupDirectory::make(path_in(parent, group));
    if (!made) return made.error();
    auto file = open_join(path_in(*made, files_->join));
    if (!file) return file.error();
    cell.directories_.push_back(*std::move(made));
    cell.join_files_.push_back(*std::move(file));
  }
  if (auto status = give_share(cell, group); !status) {
    spdlog::warn("a cell has no share of its own: {}", status.error().to_string());
  }
  const std::string peak = path_in(cell.directories_.front(), files_->memory_peak);
  cell.peak_file_.reset(::open(peak.c_str(), O_RDWR | O_CLOEXEC));
  if (!cell.peak_file_.valid()) cell.peak_file_.reset(::open(peak.c_str(), O_RDONLY | O_CLOEXEC));
  if (auto status = cell.set_memory_limit(memory_bytes_max); !status) return status.error();
  if (!files_->swap_limit.empty() &&
      exists(path_in(cell.directories_.front(), files_->swap_limit))) {
    auto status = write_file(path_in(cell.directories_.front(), files_->swap_limit), "0");
    if (!status) return status.error();
  }
  const std::string pids_max = path_in(cell.directories_.back(), "pids.max");
  if (auto status = write_file(pids_max, std::to_string(kCellThreadsMax)); !status) {
    return status.error();
  }
  if (auto events = cell.read_oom_events(); !events) return events.error();
  return cell;
}

Status Cgroups::weigh_service() {
  if (!v2_parent_) return Error{"weights", 0, "no hierarchy with the cpu controller"};
  return v2_parent_->weigh_aside(kV2ServiceWeight);
}

Status Cgroups::weigh_cells(const std::string& v1_outer) {
  const std::string& outer = v1_outer.empty() ? parents_.front().path() : v1_outer;
  if (v1_outer.empty() && !v2_parent_) return Error{"cpu", 0, "no hierarchy with its controller"};
  if (v1_outer.empty()) {
    const std::string control = outer + "/cgroup.subtree_control";
    if (auto status = write_file(control, "+cpu"); !status) return status;
  }
  auto probe = CgroupDirectory::make(outer + "/" + own_cgroup_name() + "-probe");
  if (!probe) return probe.error();
  if (!exists(probe->path() + "/cpu.idle")) return Error{"cpu.idle", 0, "needs Linux 5.15"};
  cpu_outer_ = v1_outer;
  weighs_cells_ = true;
  return ok_status();
}

// Beside the zygotes, not below a group of all cells: so each weighs as much as one of them.
Status Cgroups::give_share(CellCgroup& cell, const std::string& group) const {
  if (!weighs_cells_) return ok_status();
  if (cpu_outer_.empty()) {
    cell.cpu_path_ = cell.directories_.front().path();
    return ok_status();
  }
  auto made = CgroupDirectory::make(cpu_outer_ + "/" + own_cgroup_name() + "-" + group);
  if (!made) return made.error();
  auto file = open_join(path_in(*made, files_->join));
  if (!file) return file.error();
  cell.cpu_path_ = made->path();
  cell.cpu_.emplace(*std::move(made));
  cell.join_files_.push_back(*std::move(file));
  return ok_status();
}

void Cgroups::weigh_service_no_more() {
  if (v2_parent_) v2_parent_->weigh_aside_no_more();
}

}  // namespace forkjail::supervisor
