// What a run tells while it goes on, for an answer that is written meanwhile. All calls come on the
// loop's thread, in order, before the run is over, and must not end the run.
#pragma once

#include <cstdint>
#include <string_view>

namespace forkjail::server {

enum class OutputStream : std::uint8_t { out, err };

class RunEvents {
 public:
  // Bytes as the script wrote them, beyond the cap of what is kept too; may end inside a character.
  virtual void on_output(OutputStream stream, std::string_view bytes) = 0;
  // A mime bundle, a checked JSON object.
  virtual void on_display(std::string_view bundle_json) = 0;

 protected:
  ~RunEvents() = default;
};

}  // namespace forkjail::server
