// Where there is no mount namespace: one directory per cell, made before the cell and moved out of
// every cell's reach before its slot has the next.
//
// Supervisor. All of them lie in a base of the service's own, which it holds a lock on as long as
// it lives: a base without a lock is a dead service's, and the next start removes it.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/config.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/scratch_removals.h"

namespace forkjail::supervisor {

class ScratchDirectories {
 public:
  // The base: below the guest's root for a chroot, else below the directory for temporary files.
  // Removes what earlier services left there. Removed with its owner.
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
  // Removes the directory; the cell must be gone. ENOBUFS: too many others are being removed: it is
  // still there; try again.
  Status remove(uid_t uid);

  ScratchRemovals& removals() { return *removals_; }

 private:
  ScratchDirectories(std::string base, std::string base_in_jail, UniqueFd lock,
                     std::unique_ptr<ScratchRemovals> removals)
      : base_(std::move(base)),
        base_in_jail_(std::move(base_in_jail)),
        lock_(std::move(lock)),
        removals_(std::move(removals)) {}

  [[nodiscard]] bool remove_if_empty(uid_t uid) const;

  std::string base_;
  std::string base_in_jail_;
  UniqueFd lock_;  // of the base
  std::unique_ptr<ScratchRemovals> removals_;
};

}  // namespace forkjail::supervisor
