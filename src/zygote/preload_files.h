// /scratch and /tmp for the libraries that the zygote imports: some fail to import if they cannot
// write anywhere (matplotlib and its font cache). They get the same as a cell, under the same names
// and with the same limits, while this object lives; nothing of it remains when the first cell is
// cloned.
//
// With a mount namespace it is a tmpfs; without, the directory of protocol/preload_directory.h,
// reached through path_redirect.h. Zygote, around PythonHost::start().
#pragma once

#include <string>

#include "base/result.h"
#include "protocol/optional_layers.h"

namespace forkjail::zygote {

class PreloadFiles {
 public:
  // `scratch_base`: for a zygote without a mount namespace.
  static Result<PreloadFiles> begin(const protocol::OptionalLayers& layers,
                                    const std::string& scratch_base);

  PreloadFiles(PreloadFiles&& other) noexcept;
  PreloadFiles& operator=(PreloadFiles&&) = delete;
  ~PreloadFiles();

 private:
  enum class Kind { none, tmpfs, directory };
  explicit PreloadFiles(Kind kind) : kind_(kind) {}

  Kind kind_;
};

}  // namespace forkjail::zygote
