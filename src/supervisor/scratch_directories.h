// Where there is no mount namespace: one directory a cell, made before it and removed after it.
// Removing walks what a script left, as root: by descriptors relative to the directory and never
// through a symbolic link.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"

namespace forkjail::supervisor {

class ScratchDirectories {
 public:
  // The base: below the guest's root for a chroot, else below the directory for temporary files.
  // Takes what an earlier service left there away. Removed with its owner.
  static Result<std::unique_ptr<ScratchDirectories>> make(const Config& config, JailKind kind);
  ScratchDirectories(const ScratchDirectories&) = delete;
  ScratchDirectories& operator=(const ScratchDirectories&) = delete;
  ~ScratchDirectories();

  // The base as the zygote sees it.
  [[nodiscard]] const std::string& base_in_jail() const { return base_in_jail_; }

  // As the supervisor sees it.
  [[nodiscard]] std::string directory_of(uid_t uid) const;

  // A new, empty directory named after `uid`, owned by it where `chown` says so, mode 0700.
  Status add(uid_t uid, bool chown) const;
  // Away with it; the cell must be gone. It is out of the way when this returns; what is in it,
  // which may be half a million files, a child process removes in its own time. The caller reaps.
  Status remove(uid_t uid);

 private:
  ScratchDirectories(std::string base, std::string base_in_jail)
      : base_(std::move(base)), base_in_jail_(std::move(base_in_jail)) {}

  std::string base_;
  std::string base_in_jail_;
  std::uint64_t removed_ = 0;  // how many; numbers what waits to be cleared
};

}  // namespace forkjail::supervisor
