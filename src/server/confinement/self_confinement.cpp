#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "base/unique_fd.h"
#include "server/confinement/privileges.h"

namespace forkjail::server {
namespace {

// landlock_ruleset_attr as of ABI 6. Spelled out, because the headers of older distributions end
// earlier; a kernel of an older ABI takes the shorter struct (size below).
struct Ruleset {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};

// One row for each ABI that added something: what is handled from there on, with no rule that
// allows any of it.
struct AbiRow {
  int abi;
  std::uint64_t access_fs;
  std::uint64_t access_net;
  std::uint64_t scoped;
  std::size_t attr_bytes;
  std::string_view what;
};

constexpr std::array kAbis{
    AbiRow{1, (1ULL << 13) - 1, 0, 0, 8, "files"},
    AbiRow{2, 1ULL << 13, 0, 0, 8, "moving files between directories"},
    AbiRow{3, 1ULL << 14, 0, 0, 8, "truncating files"},
    AbiRow{4, 0, 3, 0, 16, "binding and connecting TCP sockets"},
    AbiRow{5, 1ULL << 15, 0, 0, 16, "device ioctls"},
    AbiRow{6, 0, 0, 3, 24, "signals and abstract unix sockets"},
};

}  // namespace

Result<std::vector<protocol::Layer>> confine_self() {
  using protocol::Layer;
  using protocol::LayerState;
  const auto abi = static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
  if (abi < 0) {
    return std::vector<Layer>{{"landlock", LayerState::off, "the kernel has no Landlock"}};
  }
  std::vector<Layer> layers{{"landlock", LayerState::on, ""}};
  Ruleset ruleset;
  std::size_t attr_bytes = 8;
  for (const AbiRow& row : kAbis) {
    if (row.abi > abi) {
      layers.push_back({"landlock: " + std::string(row.what), LayerState::off,
                        "this kernel's Landlock does not support this rule"});
      continue;
    }
    ruleset.handled_access_fs |= row.access_fs;
    ruleset.handled_access_net |= row.access_net;
    ruleset.scoped |= row.scoped;
    attr_bytes = row.attr_bytes;
  }
  const UniqueFd fd(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &ruleset, attr_bytes, 0)));
  if (!fd.valid()) return errno_error("landlock_create_ruleset");
  if (::syscall(SYS_landlock_restrict_self, fd.get(), 0) != 0) {
    return errno_error("landlock_restrict_self");
  }
  // Act, then check.
  const UniqueFd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.valid()) return Error{"verify Landlock", 0, "a directory can still be opened"};
  return layers;
}

}  // namespace forkjail::server
