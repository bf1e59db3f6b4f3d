#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
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

namespace forkjail::sandbox {
namespace {

constexpr std::uint64_t kAllOfAbi1 = (1ULL << 13) - 1;
// The rights that each ABI added; a kernel rejects rights that it does not know.
constexpr std::array<std::uint64_t, 6> kRightsByAbi{
    0,
    kAllOfAbi1,
    kAllOfAbi1 | LANDLOCK_ACCESS_FS_REFER,
    kAllOfAbi1 | LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE,
    kAllOfAbi1 | LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE,
    kAllOfAbi1 | LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE |
        LANDLOCK_ACCESS_FS_IOCTL_DEV};

constexpr std::uint64_t kReadAndRun =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kReadWrite = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr std::uint64_t kOwn = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                               LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                               LANDLOCK_ACCESS_FS_REFER | LANDLOCK_ACCESS_FS_TRUNCATE;
// Rights that only a directory's rule may carry.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                   LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

std::uint64_t rights_of(FileRight right) {
  switch (right) {
    case FileRight::read_and_run:
      return kReadAndRun;
    case FileRight::read_only:
      return LANDLOCK_ACCESS_FS_READ_FILE;
    case FileRight::read_write:
      return kReadWrite & kOfFiles;
    case FileRight::own:
      return kOwn;
  }
  return 0;
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

}  // namespace

int landlock_abi() {
  const long abi =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Status confine_files(std::span<const FileRule> rules) {
  const int abi = landlock_abi();
  if (abi == 0) return Error{"landlock", EOPNOTSUPP, "the kernel has none"};
  const std::uint64_t handled =
      kRightsByAbi.at(std::min(static_cast<std::size_t>(abi), kRightsByAbi.size() - 1));
  landlock_ruleset_attr attributes{};  // later kernels' headers have members that stay zero
  attributes.handled_access_fs = handled;
  const UniqueFd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.valid()) return errno_error("landlock_create_ruleset");
  for (const FileRule& rule : rules) {
    if (auto status = add_rule(ruleset, rule, handled); !status) return status;
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
    return errno_error("landlock_restrict_self");
  }
  return ok_status();
}

Status verify_files_confined() {
  const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.valid() || errno != EACCES) return Error{"verify landlock", 0, "/ can be listed"};
  return ok_status();
}

}  // namespace forkjail::sandbox
