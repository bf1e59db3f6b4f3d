#include "confine/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "base/unique_fd.h"

// From later ABIs than the oldest headers that we build with.
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

namespace forkjail::confine {
namespace {

// landlock_ruleset_attr as of ABI 6, for the same reason. An older kernel accepts members that it
// does not know as long as they are 0.
struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

// What each ABI added; a kernel rejects what it does not know.
struct AbiRow {
  int abi;
  Ruleset adds;
  std::string_view what;
};

constexpr std::uint64_t kFilesOfAbi1 = (1ULL << 13) - 1;
constexpr std::uint64_t kBindAndConnect = 3;
constexpr std::uint64_t kSocketsAndSignals = 3;

constexpr std::array kAbis{
    AbiRow{1, {.files = kFilesOfAbi1}, "files"},
    AbiRow{2, {.files = LANDLOCK_ACCESS_FS_REFER}, "moving files between directories"},
    AbiRow{3, {.files = LANDLOCK_ACCESS_FS_TRUNCATE}, "truncating files"},
    AbiRow{4, {.network = kBindAndConnect}, "binding and connecting TCP sockets"},
    AbiRow{5, {.files = LANDLOCK_ACCESS_FS_IOCTL_DEV}, "device ioctls"},
    AbiRow{6, {.scoped = kSocketsAndSignals}, "signals and abstract unix sockets"},
};

Ruleset all_of(int abi) {
  Ruleset all;
  for (const AbiRow& row : kAbis) {
    if (row.abi > abi) continue;
    all.files |= row.adds.files;
    all.network |= row.adds.network;
    all.scoped |= row.adds.scoped;
  }
  return all;
}

constexpr std::uint64_t kReadAndRun =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kReadWrite = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kOwn = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                               LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                               LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE;

std::uint64_t rights_of(FileRight right) {
  switch (right) {
    case FileRight::read_and_run:
      return kReadAndRun;
    case FileRight::read_only:
      return LANDLOCK_ACCESS_FS_READ_FILE;
    case FileRight::read_write:
      return kReadWrite;
    case FileRight::own:
      return kOwn;
  }
  return 0;
}

Result<UniqueFd> make_ruleset(const Ruleset& handled) {
  UniqueFd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
  if (!ruleset.valid()) return errno_error("landlock_create_ruleset");
  return ruleset;
}

Status add_rule(const UniqueFd& ruleset, const FileRule& rule, std::uint64_t handled) {
  const UniqueFd path(::open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  if (!path.valid()) return errno_error("open " + rule.path);
  const landlock_path_beneath_attr beneath{rights_of(rule.right) & handled, path.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) !=
      0) {
    return errno_error("landlock_add_rule " + rule.path);
  }
  return ok_status();
}

Status restrict_self(const UniqueFd& ruleset) {
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return errno_error("landlock_restrict_self");
  }
  return ok_status();
}

Error missing() { return Error{"landlock", EOPNOTSUPP, "the kernel has none"}; }

}  // namespace

int landlock_abi() {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Status confine_files(std::span<const FileRule> rules) {
  const int abi = landlock_abi();
  if (abi == 0) return missing();
  const Ruleset handled{.files = all_of(abi).files};
  const auto ruleset = make_ruleset(handled);
  if (!ruleset) return ruleset.error();
  for (const FileRule& rule : rules) {
    if (auto status = add_rule(*ruleset, rule, handled.files); !status) return status;
  }
  return restrict_self(*ruleset);
}

Result<std::vector<std::string_view>> deny_everything() {
  const int abi = landlock_abi();
  if (abi == 0) return missing();
  const auto ruleset = make_ruleset(all_of(abi));
  if (!ruleset) return ruleset.error();
  if (auto status = restrict_self(*ruleset); !status) return status.error();
  std::vector<std::string_view> uncovered;
  for (const AbiRow& row : kAbis) {
    if (row.abi > abi) uncovered.push_back(row.what);
  }
  return uncovered;
}

Status verify_files_confined() {
  const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.valid() || errno != EACCES) return Error{"verify landlock", 0, "/ can be listed"};
  return ok_status();
}

}  // namespace forkjail::confine
