#include "supervisor/cgroup_directory.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include "base/io.h"
#include "supervisor/process_facts.h"

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kPrefix = "forkjail-";
constexpr int kRemoveTries = 50;
constexpr std::chrono::milliseconds kRemovePause{10};

}  // namespace

Result<CgroupDirectory> CgroupDirectory::make(std::string path) {
  if (::mkdir(path.c_str(), 0755) != 0) return errno_error("mkdir " + path);
  return CgroupDirectory(std::move(path));
}

CgroupDirectory::~CgroupDirectory() {
  if (!path_.empty()) remove_cgroup(path_);
}

bool remove_cgroup(const std::string& path) {
  for (int attempt = 0; attempt < kRemoveTries; ++attempt) {
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return true;
    if (errno != EBUSY) return false;
    std::this_thread::sleep_for(kRemovePause);
  }
  return false;
}

std::vector<std::string> child_cgroups(const std::string& parent) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(parent.c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = ::readdir(directory)) {  // NOLINT(concurrency-mt-unsafe): one thread
    const std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.push_back(name);
  }
  ::closedir(directory);
  return names;
}

std::vector<pid_t> processes_in(const std::string& group) {
  std::vector<pid_t> found;
  const auto text = read_file(group + "/cgroup.procs");
  if (!text) return found;
  std::istringstream words(*text);
  for (pid_t pid = 0; words >> pid;) {
    if (pid != 0) found.push_back(pid);  // 0: of another pid namespace
  }
  return found;
}

Status move_into(const std::string& group, const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) {
    const auto status = write_file(group + "/cgroup.procs", std::to_string(pid));
    if (!status && status.error().sys_errno != ESRCH) return status;
  }
  return ok_status();
}

std::string own_cgroup_name() { return std::string(kPrefix) + std::to_string(::getpid()); }

namespace {

// A corpse counts: its parent may never reap it.
bool is_dead(pid_t supervisor) {
  if (::kill(supervisor, 0) != 0) return errno == ESRCH;
  return !is_alive(supervisor);
}

}  // namespace

void sweep_cgroups(const std::string& parent) {
  for (const std::string& name : child_cgroups(parent)) {
    if (!name.starts_with(kPrefix)) continue;
    pid_t owner = 0;
    const char* digits = name.c_str() + kPrefix.size();
    std::from_chars(digits, name.c_str() + name.size(), owner);
    if (owner <= 0 || !is_dead(owner)) continue;
    const std::string group = parent + "/" + name;
    for (const std::string& cell : child_cgroups(group)) remove_cgroup(group + "/" + cell);
    remove_cgroup(group);
  }
}

}  // namespace forkjail::supervisor
