// What a run tells while it goes on, for an answer that is written meanwhile. All calls come on the
// loop's thread, in order, before the run is over, and must not end the run.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace forkjail::server {

enum class OutputStream : std::uint8_t { out, err };

class RunEvents {
 public:
  // The cell has the request: from here on the script may run.
  virtual void on_begin() {}
  // Bytes as the script wrote them, up to the limit of its output; may end inside a character.
  virtual void on_output(OutputStream stream, std::string_view bytes) = 0;
  // A mime bundle, a checked JSON object.
  virtual void on_display(std::string_view bundle_json) = 0;

  // False: output is not read, so that the script waits in its write while its wall time goes on.
  // What a run that is over has left is told nevertheless: a pipe or two full.
  [[nodiscard]] virtual bool has_room() const { return true; }
  // Set by the run: to be called once there is room again. Empty: the run does not wait for it.
  void resume_by(std::function<void()> resume) { resume_ = std::move(resume); }

 protected:
  ~RunEvents() = default;
  void room_again() const {
    if (resume_) resume_();
  }

 private:
  std::function<void()> resume_;
};

}  // namespace forkjail::server
