#include "zygote/preload_files.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "protocol/preload_directory.h"
#include "protocol/scratch_layout.h"
#include "sandbox/scratch.h"
#include "zygote/path_redirect.h"

namespace forkjail::zygote {
namespace {

Status make_directories(const std::string& scratch) {
  for (const char* const name : protocol::kScratchLayout) {
    const std::string path = scratch + name;
    if (::mkdir(path.c_str(), 0700) != 0) return errno_error("mkdir " + path);
  }
  return ok_status();
}

}  // namespace

Result<PreloadFiles> PreloadFiles::begin(const protocol::OptionalLayers& layers,
                                         const std::string& scratch_base) {
  if (layers.namespaces) {
    const sandbox::ScratchLimits limits{kScratchBytesMax, kScratchInodesMax};
    if (auto status = sandbox::mount_scratch(::geteuid(), limits); !status) return status.error();
    PreloadFiles files(Kind::tmpfs);
    if (auto status = make_directories(sandbox::kScratch); !status) return status.error();
    return files;
  }
  const std::string directory = protocol::preload_directory(scratch_base, ::getpid());
  if (auto status = make_directories(directory); !status) return status.error();
  redirect_scratch(directory);
  return PreloadFiles(Kind::directory);
}

PreloadFiles::PreloadFiles(PreloadFiles&& other) noexcept
    : kind_(std::exchange(other.kind_, Kind::none)) {}

PreloadFiles::~PreloadFiles() {
  // Detached: a library may have kept a file open.
  if (kind_ == Kind::tmpfs) ::umount2(sandbox::kScratch, MNT_DETACH);
  if (kind_ == Kind::directory) redirect_scratch({});
}

}  // namespace forkjail::zygote
