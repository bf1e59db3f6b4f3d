// /scratch and /tmp for the libraries that the zygote imports: some refuse to be imported where
// they can write nowhere (matplotlib and its font cache). They get what a cell has, under the same
// names and with the same bounds, as long as this object lives; nothing of it is there when the
// first cell is cloned.
//
// With a mount namespace a tmpfs; without, the directory of protocol/preload_directory.h, reached
// through path_redirect.h. Zygote, around PythonHost::start().
#pragma once

#include <string>

#include "base/result.h"
#include "protocol/walls.h"

namespace forkjail::zygote {

class PreloadFiles {
 public:
  // `scratch_base`: of a zygote without a mount namespace.
  static Result<PreloadFiles> begin(const protocol::Walls& walls, const std::string& scratch_base);

  PreloadFiles(PreloadFiles&& other) noexcept;
  PreloadFiles& operator=(PreloadFiles&&) = delete;
  ~PreloadFiles();

 private:
  enum class Kind { none, tmpfs, directory };
  explicit PreloadFiles(Kind kind) : kind_(kind) {}

  Kind kind_;
};

}  // namespace forkjail::zygote
