#include "supervisor/cgroup_v2_parent.h"

#include <unistd.h>

#include <sstream>

#include "base/io.h"

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kHandDown = "+memory +pids";
constexpr std::string_view kHandDownNoMore = "-memory -pids";

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

bool is_writable(const std::string& directory) { return ::access(directory.c_str(), W_OK) == 0; }

// Whether `file` of the group, a list of controllers, has the two that we need.
bool lists_both(const std::string& group, const std::string& file) {
  const auto text = read_file(group + file);
  if (!text) return false;
  bool memory = false;
  bool pids = false;
  std::istringstream words(*text);
  for (std::string word; words >> word;) {
    memory |= word == "memory";
    pids |= word == "pids";
  }
  return memory && pids;
}

bool hands_down(const std::string& group) { return lists_both(group, "/cgroup.subtree_control"); }

// The root of a container's cgroup namespace. The true root has no such file.
bool is_containers_root(const V2Place& place) {
  return place.path == "/" && exists(place.mount_point + "/cgroup.events");
}

std::string directory_of(const V2Place& place) {
  return place.path == "/" ? place.mount_point : place.mount_point + place.path;
}

// The nearest group above our own that hands the controllers down and lets us make groups.
std::optional<std::string> nearest_above(const V2Place& place) {
  for (std::string path = place.path; !path.empty() && path != "/";) {
    path.erase(path.rfind('/'));
    std::string group = place.mount_point + path;
    if (hands_down(group) && is_writable(group)) return group;
  }
  return std::nullopt;
}

}  // namespace

Result<CgroupV2Parent> CgroupV2Parent::find(const std::string& named,
                                            const std::optional<V2Place>& place,
                                            const std::vector<pid_t>& ours) {
  if (!named.empty()) {
    if (!hands_down(named)) {
      if (auto told = write_file(named + "/cgroup.subtree_control", kHandDown); !told) {
        return told.error();
      }
    }
    return CgroupV2Parent(named);
  }
  if (!place) return Error{"cgroups", 0, "no hierarchy with the memory controller is mounted"};
  CgroupV2Parent own(directory_of(*place));
  if (is_writable(own.path_) && lists_both(own.path_, "/cgroup.controllers")) {
    if (hands_down(own.path_)) return own;
    const auto moved = own.move_aside(is_containers_root(*place) ? processes_in(own.path_) : ours);
    if (moved.ok()) return own;
  }
  if (auto above = nearest_above(*place)) return CgroupV2Parent(*std::move(above));
  return Error{"cgroup v2", 0,
               "no writable group delegates memory and pids: delegate one to the service "
               "(systemd: Delegate=cpu memory pids) or set --cgroup-parent"};
}

// The true root hands down with processes in it, so that is tried first.
Status CgroupV2Parent::move_aside(const std::vector<pid_t>& pids) {
  const std::string control = path_ + "/cgroup.subtree_control";
  if (write_file(control, kHandDown).ok()) return ok_status();
  auto made = CgroupDirectory::make(path_ + "/" + own_cgroup_name() + "-service");
  if (!made) return made.error();
  aside_.emplace(*std::move(made));
  Status status = move_into(aside_->path(), pids);
  if (status.ok()) status = write_file(control, kHandDown);
  if (!status) move_back();
  return status;
}

// Best effort: what stays behind is empty, and the next service in this group takes it as it is.
void CgroupV2Parent::move_back() {
  if (!aside_ || aside_->path().empty()) return;
  (void)write_file(path_ + "/cgroup.subtree_control", kHandDownNoMore);
  (void)move_into(path_, processes_in(aside_->path()));
  aside_.reset();
}

Status CgroupV2Parent::weigh_aside(std::string_view weight) {
  if (!aside_) return Error{"weights", 0, "server and supervisor have no group of their own"};
  if (auto told = write_file(path_ + "/cgroup.subtree_control", "+cpu"); !told) return told;
  return write_file(aside_->path() + "/cpu.weight", weight);
}

void CgroupV2Parent::weigh_aside_no_more() {
  (void)write_file(path_ + "/cgroup.subtree_control", "-cpu");
}

// NOLINTNEXTLINE(bugprone-exception-escape): only out of memory, and then the process ends anyway
CgroupV2Parent::~CgroupV2Parent() { move_back(); }

}  // namespace forkjail::supervisor
