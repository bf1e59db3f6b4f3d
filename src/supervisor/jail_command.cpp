#include "supervisor/jail_command.h"

#include <unistd.h>

#include <filesystem>

#include "protocol/optional_layers.h"

namespace forkjail::supervisor {
namespace {

constexpr char kZygote[] = "/usr/lib/forkjail/forkjail-zygote";

// Inside from 0 on, outside the cells' ids; or, for an ordinary user, itself alone, and not as
// root.
std::string id_map(const JailPlan& plan, const IdRange& ids, uid_t self) {
  return plan.layers.own_uid ? "0:" + std::to_string(ids.first) + ":" + std::to_string(ids.count)
                             : "1000:" + std::to_string(self) + ":1";
}

std::vector<std::string> zygote_arguments(const Config& config, const JailPlan& plan,
                                          protocol::Flavour flavour, protocol::WarmUp warm_up,
                                          const std::string& scratch_base) {
  std::vector<std::string> arguments{"--layers", protocol::encode(plan.layers), "--warm-up",
                                     std::string(name_of(warm_up))};
  if (protocol::preloads(flavour) && !config.preload.empty()) {
    arguments.insert(arguments.end(), {"--preload", config.preload});
  }
  if (!scratch_base.empty()) arguments.insert(arguments.end(), {"--scratch-base", scratch_base});
  if (plan.kind == JailKind::open) {
    arguments.insert(arguments.end(), {"--root", config.guest_root});
  }
  if (plan.kind == JailKind::chroot) {
    arguments.insert(arguments.end(), {"--user", std::to_string(config.cell_ids.first)});
  }
  if (!config.failing_step.empty()) {
    arguments.insert(arguments.end(), {"--fail-step", config.failing_step});
  }
  if (!config.skipped_step.empty()) {
    arguments.insert(arguments.end(), {"--skip-step", config.skipped_step});
  }
  return arguments;
}

// nsjail looks the guest's root up as an unprivileged user, who cannot pass a directory like /root.
bool others_can_reach(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  for (fs::path path = directory; path != path.parent_path(); path = path.parent_path()) {
    std::error_code error;
    const fs::perms mode = fs::status(path, error).permissions();
    if (error || (mode & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

std::vector<std::string> nsjail_command(const Config& config, const JailPlan& plan) {
  std::vector<std::string> command{config.nsjail_path, "--config", nsjail_settings_path(config)};
  const std::string stand_in = directory_for_guest_root(config);
  command.insert(command.end(), {"--chroot", stand_in.empty() ? config.guest_root : stand_in});
  command.insert(command.end(), {"--user", id_map(plan, config.cell_ids, ::geteuid())});
  command.insert(command.end(), {"--group", id_map(plan, config.cell_ids, ::getegid())});
  if (!plan.pivot_root) command.emplace_back("--no_pivotroot");
  command.insert(command.end(), {"--nice_level", std::to_string(plan.niceness)});
  command.insert(command.end(), {"--", kZygote});
  return command;
}

// The guest's own loader and libraries, since the host's may be others. The directory of the C
// library is found by its multiarch name, the only one that holds a libc.
std::vector<std::string> open_command(const Config& config) {
  namespace fs = std::filesystem;
  std::string loader;
  std::string libraries;
  for (const auto& entry : fs::directory_iterator(config.guest_root + "/usr/lib64")) {
    loader = entry.path();
  }
  for (const auto& entry : fs::directory_iterator(config.guest_root + "/usr/lib")) {
    if (fs::exists(entry.path() / "libc.so.6")) libraries = entry.path();
  }
  return {loader, "--library-path", libraries, zygote_path(config)};
}

}  // namespace

std::string zygote_path(const Config& config) { return config.guest_root + kZygote; }

std::string nsjail_settings_path(const Config& config) {
  return std::filesystem::path(config.nsjail_path).parent_path() / "nsjail.cfg";
}

Status find_parts(const Config& config, const JailPlan& plan) {
  const std::string root = "--guest-root " + config.guest_root;
  // nsjail would take a relative path from the host's root.
  if (!config.guest_root.starts_with('/')) return Error{root, 0, "is not an absolute path"};
  if (::access(zygote_path(config).c_str(), X_OK) != 0) {
    return errno_error(root, std::string("it has no ") + kZygote + " to run");
  }
  if (plan.kind != JailKind::nsjail) return ok_status();
  const std::string nsjail = "--nsjail " + config.nsjail_path;
  if (::access(config.nsjail_path.c_str(), X_OK) != 0) return errno_error(nsjail);
  if (::access(nsjail_settings_path(config).c_str(), R_OK) != 0) {
    return errno_error(nsjail, "nsjail.cfg must lie beside it");
  }
  return ok_status();
}

std::string directory_for_guest_root(const Config& config) {
  if (::geteuid() != 0 || others_can_reach(config.guest_root)) return {};
  for (const std::string candidate : {"/mnt", "/media", "/srv"}) {
    const bool hides_nsjail = config.nsjail_path.starts_with(candidate + "/");
    if (!hides_nsjail && std::filesystem::is_directory(candidate)) return candidate;
  }
  return {};
}

std::vector<std::string> zygote_command(const Config& config, const JailPlan& plan,
                                        protocol::Flavour flavour, protocol::WarmUp warm_up,
                                        const std::string& scratch_base) {
  std::vector<std::string> command;
  switch (plan.kind) {
    case JailKind::nsjail:
      command = nsjail_command(config, plan);
      break;
    case JailKind::chroot:
      command = {kZygote};
      break;
    case JailKind::open:
      command = open_command(config);
      break;
  }
  const auto arguments = zygote_arguments(config, plan, flavour, warm_up, scratch_base);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace forkjail::supervisor
