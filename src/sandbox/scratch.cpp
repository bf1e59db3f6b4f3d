#include "sandbox/scratch.h"

#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace forkjail::sandbox {

Status mount_scratch(uid_t uid, const ScratchLimits& limits) {
  const std::string options = "size=" + std::to_string(limits.bytes_max) +
                              ",nr_inodes=" + std::to_string(limits.inodes_max) +
                              ",mode=0700,uid=" + std::to_string(uid) +
                              ",gid=" + std::to_string(uid);
  if (::mount("scratch", kScratch, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options.c_str()) !=
      0) {
    return errno_error("mount the scratch tmpfs");
  }
  return ok_status();
}

Status enter_scratch(const std::string& directory) {
  ::umask(022);
  for (const char* name : protocol::kScratchLayout) {
    const std::string path = directory + name;
    if (::mkdir(path.c_str(), 0700) != 0) return errno_error("mkdir " + path);
  }
  const std::string work = directory + protocol::kWorkingFolder;
  if (::chdir(work.c_str()) != 0) return errno_error("chdir " + work);
  return ok_status();
}

Status verify_scratch() {
  struct statfs scratch{};
  if (::statfs(kScratch, &scratch) != 0) return errno_error("statfs scratch");
  if (scratch.f_type != TMPFS_MAGIC) return Error{"verify scratch", 0, "not a tmpfs"};
  struct statvfs root{};
  if (::statvfs("/", &root) != 0) return errno_error("statvfs /");
  if ((root.f_flag & ST_RDONLY) == 0) return Error{"verify root", 0, "it is writable"};
  return ok_status();
}

}  // namespace forkjail::sandbox
