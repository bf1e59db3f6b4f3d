// Tells a client now and then how a run goes on, if its request has a token for that: how long it
// has run, and the last line that it printed. What the script prints is the script's: cut, escaped,
// and never more often than once a period. Lives in the frame of the request's handler.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "loop/loop.h"
#include "server/mcp/rpc_stream.h"
#include "server/run/run_events.h"

namespace forkjail::server::mcp {

class Progress final : public RunEvents {
 public:
  // `token`: JSON. `stream` has begun and outlives it. `time_max`: the run's wall time.
  Progress(RpcStream& stream, const Executor& executor, std::string token,
           std::chrono::milliseconds time_max,
           std::chrono::milliseconds period = std::chrono::seconds(1));
  Progress(const Progress&) = delete;  // stream and timer point to it
  Progress& operator=(const Progress&) = delete;
  ~Progress() { stream_.on_room({}); }

  // No more is told.
  void stop() { timer_.cancel(); }

  // RunEvents
  void on_begin() override;
  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_display(std::string_view bundle_json) override;
  [[nodiscard]] bool has_room() const override { return stream_.has_room(); }

 private:
  void tell();
  void tell_later();

  RpcStream& stream_;
  Timer timer_;
  std::string token_;
  std::chrono::milliseconds time_max_;
  std::chrono::milliseconds period_;
  Clock::time_point began_;
  std::string line_;                                            // the last one that was printed
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the timer's work sees its end
};

// The last line in `bytes` that is not blank, cut; empty: there is none. Pure.
[[nodiscard]] std::string_view last_line(std::string_view bytes);

}  // namespace forkjail::server::mcp
