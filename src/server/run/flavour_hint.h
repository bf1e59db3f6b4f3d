// Which kind of cell a script probably wants: a look at its words, to start it sooner.
//
// A hint and nothing more. No layer, no limit and no answer depends on it: a script that imports
// pandas in a light cell gets it, half a second later and on its own memory. So the hint errs
// towards the full cell: a name in a comment is enough, and so is anything that can import by a
// name put together at run time.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "protocol/flavour.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

class FlavourHint {
 public:
  // `preload`: the modules of --preload, by commas. None: there are no full cells.
  explicit FlavourHint(std::string_view preload);

  // What installed packages are imported by, as a zygote reports it: one that is not preloaded
  // itself most likely needs one that is.
  void add_modules(const std::vector<std::string>& names);

  [[nodiscard]] protocol::Flavour flavour_for(const ExecutionRequest& request) const;

 private:
  [[nodiscard]] bool has_telling_word(std::string_view text) const;

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> telling_words_;
};

}  // namespace forkjail::server
