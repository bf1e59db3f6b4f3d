#include "supervisor/cgroups.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include "base/io.h"
#include "base/limits.h"
#include "supervisor/cgroup_mounts.h"

namespace forkjail::supervisor {

// Names of the same things in both versions. Empty: there is no such file.
struct CgroupFiles {
  std::string_view version;
  std::span<const std::string_view> controllers;  // one directory each
  std::string_view memory_limit;
  std::string_view memory_and_swap_limit;  // v1: counts both, set to the same value
  std::string_view swap_limit;             // v2: swap alone, set to 0
  std::string_view memory_peak;
  std::string_view oom_events;  // holds a line "oom_kill N"
  std::string_view reclaim;     // given back: page cache that a cell's reads left charged here
  std::string_view reclaim_command;
};

namespace {

constexpr std::array<std::string_view, 2> kV1Controllers{"memory", "pids"};
constexpr std::array<std::string_view, 1> kV2Controllers{""};

constexpr CgroupFiles kV1{.version = "cgroup v1",
                          .controllers = kV1Controllers,
                          .memory_limit = "memory.limit_in_bytes",
                          .memory_and_swap_limit = "memory.memsw.limit_in_bytes",
                          .swap_limit = {},
                          .memory_peak = "memory.max_usage_in_bytes",
                          .oom_events = "memory.oom_control",
                          .reclaim = "memory.force_empty",
                          .reclaim_command = "0"};
constexpr CgroupFiles kV2{.version = "cgroup v2",
                          .controllers = kV2Controllers,
                          .memory_limit = "memory.max",
                          .memory_and_swap_limit = {},
                          .swap_limit = "memory.swap.max",
                          .memory_peak = "memory.peak",
                          .oom_events = "memory.events",
                          .reclaim = "memory.reclaim",
                          .reclaim_command = "1G"};

// Page cache of a reused group that is worth the time to give back.
constexpr std::uint64_t kReclaimAboveBytes = 8 * kMiB;
constexpr std::string_view kGroupPrefix = "forkjail-";
constexpr int kRemoveTries = 50;
constexpr std::chrono::milliseconds kRemovePause{10};

std::string path_in(const CgroupDirectory& directory, std::string_view file) {
  return directory.path() + "/" + std::string(file);
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

Result<std::uint64_t> read_number(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.error();
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), number);
  if (parsed.ec != std::errc()) return Error{"read " + path, EINVAL, *text};
  return number;
}

bool remove_group(const std::string& path) {
  for (int attempt = 0; attempt < kRemoveTries; ++attempt) {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
    if (errno != EBUSY) return false;
    std::this_thread::sleep_for(kRemovePause);
  }
  return false;
}

std::vector<std::string> list_directories(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory)) {  // NOLINT(concurrency-mt-unsafe): one thread
    const std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.push_back(name);
  }
  ::closedir(directory);
  return names;
}

// Groups named after a supervisor that no longer lives: it was killed before it could clean up.
void sweep_leftovers(const std::string& parent) {
  for (const std::string& name : list_directories(parent)) {
    if (!name.starts_with(kGroupPrefix)) continue;
    pid_t owner = 0;
    const char* digits = name.c_str() + kGroupPrefix.size();
    std::from_chars(digits, name.c_str() + name.size(), owner);
    if (owner <= 0 || ::kill(owner, 0) == 0 || errno != ESRCH) continue;
    const std::string group = parent + "/" + name;
    for (const std::string& cell : list_directories(group)) remove_group(group + "/" + cell);
    remove_group(group);
  }
}

std::string group_of_slot(std::uint32_t slot) { return "cell-" + std::to_string(slot); }

std::string own_group_name() { return std::string(kGroupPrefix) + std::to_string(::getpid()); }

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream words(text);
  for (std::string found; words >> found;) {
    if (found == word) return true;
  }
  return false;
}

// Whether children of this v2 group get the memory and pids controllers.
bool hands_down_controllers(const std::string& directory) {
  const auto text = read_file(directory + "/cgroup.subtree_control");
  return text.ok() && has_word(*text, "memory") && has_word(*text, "pids");
}

// The nearest group, from our own upwards, that hands the controllers down and lets us make groups.
Result<std::string> find_v2_parent(const V2Place& place) {
  std::string path = place.path == "/" ? "" : place.path;
  for (;;) {
    const std::string directory = place.mount_point + path;
    if (hands_down_controllers(directory) && ::access(directory.c_str(), W_OK) == 0) {
      return directory;
    }
    if (path.empty()) break;
    path.erase(path.rfind('/'));
  }
  return Error{"cgroup v2", 0,
               "no writable group hands down memory and pids: delegate one to the service "
               "(systemd: Delegate=yes) or name it with --cgroup-parent"};
}

}  // namespace

Result<CgroupDirectory> CgroupDirectory::make(std::string path) {
  if (::mkdir(path.c_str(), 0755) != 0) return errno_error("mkdir " + path);
  return CgroupDirectory(std::move(path));
}

CgroupDirectory::CgroupDirectory(CgroupDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

CgroupDirectory::~CgroupDirectory() {
  if (!path_.empty()) remove_group(path_);
}

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

Result<std::uint32_t> CellCgroup::read_oom_kills() const {
  const auto text = read_file(path_in(directories_.front(), files_->oom_events));
  if (!text) return text.error();
  std::istringstream words(*text);
  for (std::string name; words >> name;) {
    std::uint32_t count = 0;
    if (name == "oom_kill" && words >> count) return count;
  }
  return Error{"read " + std::string(files_->oom_events), EINVAL, "no oom_kill in it"};
}

Result<CgroupUsage> CellCgroup::collect_and_reset() {
  const CgroupDirectory& memory = directories_.front();
  const std::string peak_path = path_in(memory, files_->memory_peak);
  CgroupUsage usage;
  const auto kills = read_oom_kills();
  if (!kills) return kills.error();
  usage.oom_kills = *kills - oom_kills_before_;
  oom_kills_before_ = *kills;
  if (const auto peak = read_number(peak_path); peak.ok()) usage.memory_peak_bytes = *peak;

  if (usage.memory_peak_bytes > kReclaimAboveBytes) {
    (void)write_file(path_in(memory, files_->reclaim), files_->reclaim_command);
  }
  // Kernels before 6.12 have no reset of memory.peak (v2): the figure then is the slot's, not the
  // run's, and the limit and the kill count above stay exact.
  (void)write_file(peak_path, "0");
  if (limit_bytes_ != memory_bytes_max_) {
    if (auto status = set_memory_limit(memory_bytes_max_); !status) return status.error();
  }
  return usage;
}

Result<std::unique_ptr<Cgroups>> Cgroups::find(const std::string& parent) {
  const auto mountinfo = read_file("/proc/self/mountinfo");
  if (!mountinfo) return mountinfo.error();
  const auto cgroup = read_file("/proc/self/cgroup");
  if (!cgroup) return cgroup.error();

  const auto v1_memory = own_v1_directory(*mountinfo, *cgroup, "memory");
  const auto v1_pids = own_v1_directory(*mountinfo, *cgroup, "pids");
  const bool use_v1 = parent.empty() && v1_memory && v1_pids;
  std::vector<std::string> parents;
  if (use_v1) {
    parents = {*v1_memory, *v1_pids};
  } else if (!parent.empty()) {
    parents = {parent};
  } else {
    const auto place = own_v2_place(*mountinfo, *cgroup);
    if (!place) return Error{"cgroups", 0, "no hierarchy with the memory controller is mounted"};
    auto found = find_v2_parent(*place);
    if (!found) return found.error();
    parents = {*found};
  }

  auto groups = std::unique_ptr<Cgroups>(new Cgroups(use_v1 ? kV1 : kV2));
  for (const std::string& directory : parents) {
    sweep_leftovers(directory);
    auto made = CgroupDirectory::make(directory + "/" + own_group_name());
    if (!made) return made.error();
    groups->parents_.push_back(*std::move(made));
  }
  if (!use_v1) {
    const std::string control = path_in(groups->parents_.front(), "cgroup.subtree_control");
    if (auto status = write_file(control, "+memory +pids"); !status) return status.error();
  }
  return groups;
}

Result<CellCgroup> Cgroups::make_cell(std::uint32_t slot, std::uint64_t memory_bytes_max) const {
  CellCgroup cell(*files_, memory_bytes_max);
  for (const CgroupDirectory& parent : parents_) {
    auto made = CgroupDirectory::make(path_in(parent, group_of_slot(slot)));
    if (!made) return made.error();
    const std::string procs = path_in(*made, "cgroup.procs");
    UniqueFd file(::open(procs.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file.valid()) return errno_error("open " + procs);
    cell.directories_.push_back(*std::move(made));
    cell.procs_files_.push_back(std::move(file));
  }
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
  const auto kills = cell.read_oom_kills();
  if (!kills) return kills.error();
  cell.oom_kills_before_ = *kills;
  return cell;
}

std::string Cgroups::cell_name(std::uint32_t slot) {
  return "/" + own_group_name() + "/" + group_of_slot(slot);
}

std::string_view Cgroups::version() const { return files_->version; }

}  // namespace forkjail::supervisor
