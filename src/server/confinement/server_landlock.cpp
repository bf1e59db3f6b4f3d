#include "server/confinement/server_landlock.h"

#include <string>

#include "confine/landlock.h"

namespace forkjail::server {

Result<std::vector<protocol::Layer>> confine_self() {
  using protocol::Layer;
  using protocol::LayerState;
  if (confine::landlock_abi() == 0) {
    return std::vector<Layer>{{"landlock", LayerState::off, "the kernel has no Landlock"}};
  }
  const auto uncovered = confine::deny_everything();
  if (!uncovered) return uncovered.error();
  if (auto status = confine::verify_files_confined(); !status) return status.error();
  std::vector<Layer> layers{{"landlock", LayerState::on, ""}};
  for (const std::string_view what : *uncovered) {
    layers.push_back({"landlock: " + std::string(what), LayerState::off,
                      "this kernel's Landlock does not support this rule"});
  }
  return layers;
}

}  // namespace forkjail::server
