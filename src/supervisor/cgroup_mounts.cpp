#include "supervisor/cgroup_mounts.h"

#include <algorithm>
#include <sstream>
#include <vector>

namespace forkjail::supervisor {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream stream{std::string(text)};
  while (std::getline(stream, part, separator)) parts.push_back(part);
  return parts;
}

bool contains(const std::vector<std::string>& parts, std::string_view wanted) {
  return std::ranges::find(parts, wanted) != parts.end();
}

// One line of mountinfo, proc_pid_mountinfo(5): "36 35 98:0 /root /mount opts ... - type src
// super".
struct Mount {
  std::string root;
  std::string point;
  std::string type;
  std::vector<std::string> super_options;
};

std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string& line : split(mountinfo, '\n')) {
    const auto fields = split(line, ' ');
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 6 || fields.end() - dash < 4) continue;
    mounts.push_back({fields[3], fields[4], *(dash + 1), split(*(dash + 3), ',')});
  }
  return mounts;
}

// The path of our group in the hierarchy that has `controller` ("" names v2), cgroups(7).
std::optional<std::string> own_path(std::string_view cgroup, std::string_view controller) {
  for (const std::string& line : split(cgroup, '\n')) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? names.empty() : contains(split(names, ','), controller)) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

// `path` as seen below a mount whose root is `root`: a container mounts only its own part.
std::string below(const std::string& root, const std::string& path) {
  if (root == "/") return path;
  if (path == root) return "/";
  if (path.starts_with(root + "/")) return path.substr(root.size());
  return "/";
}

}  // namespace

std::optional<std::string> own_v1_directory(std::string_view mountinfo, std::string_view cgroup,
                                            std::string_view controller) {
  const auto path = own_path(cgroup, controller);
  if (!path) return std::nullopt;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    if (mount.type != "cgroup" || !contains(mount.super_options, controller)) continue;
    const std::string own = below(mount.root, *path);
    return own == "/" ? mount.point : mount.point + own;
  }
  return std::nullopt;
}

std::optional<V2Place> own_v2_place(std::string_view mountinfo, std::string_view cgroup) {
  const auto path = own_path(cgroup, "");
  if (!path) return std::nullopt;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    if (mount.type == "cgroup2") return V2Place{mount.point, below(mount.root, *path)};
  }
  return std::nullopt;
}

}  // namespace forkjail::supervisor
