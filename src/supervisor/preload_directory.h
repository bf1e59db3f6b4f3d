// The directory that a zygote without a mount namespace preloads with
// (protocol/preload_directory.h), as its jail's maker sees it. Made by the child that becomes the
// zygote, while it may still give it away; removed by the supervisor, whose object this is, when
// the zygote is warm or gone. No cell can enter it: it is its owner's alone, or, where all share a
// uid, not among a cell's Landlock rules.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

class PreloadDirectory {
 public:
  PreloadDirectory() = default;  // of a zygote that needs none
  explicit PreloadDirectory(std::string path) : path_(std::move(path)) {}
  PreloadDirectory(PreloadDirectory&& other) noexcept;
  PreloadDirectory& operator=(PreloadDirectory&& other) noexcept;
  ~PreloadDirectory() { remove(); }

  // The child: empty, mode 0700, of `owner` unless that is 0.
  [[nodiscard]] Status make(uid_t owner) const;
  void remove();

 private:
  std::string path_;
};

}  // namespace forkjail::supervisor
