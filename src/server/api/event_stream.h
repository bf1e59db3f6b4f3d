// A run as a stream of Server-Sent Events: `stdout`, `stderr` and `display` as they come, at the
// end `result` or `error` with the body of the plain answer. Begins when the script does, so that
// a request that is refused before is answered with its own status.
// Lives in the frame of the request's handler.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/event_framing.h"
#include "server/api/keep_alive.h"
#include "server/run/run_events.h"
#include "server/run/run_report.h"

namespace forkjail::server {

inline constexpr std::chrono::seconds kSilenceMax{10};  // then a comment is sent

// Whether the client asks for events.
[[nodiscard]] bool wants_events(const http::Request& request);

class EventStream final : public RunEvents {
 public:
  // `stream` outlives it.
  EventStream(http::Stream& stream, const Executor& executor,
              std::chrono::milliseconds silence_max = kSilenceMax);
  EventStream(const EventStream&) = delete;  // stream and keep-alive point to it
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() { stream_.on_room({}); }

  // The run is over and `answer` is its plain answer, which becomes the last event. Returns what
  // the handler returns; `answer` itself, where the stream has not begun.
  [[nodiscard]] http::Response finish(http::Response answer, const RunOutput& output);

  // RunEvents
  void on_begin() override;
  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_display(std::string_view bundle_json) override;
  [[nodiscard]] bool has_room() const override { return stream_.has_room(); }

 private:
  void send_text(std::string_view event, std::string_view text);
  void send(std::string_view event, std::string_view data);

  http::Stream& stream_;
  KeepAlive keep_alive_;
  TextPieces out_;
  TextPieces err_;
  std::string data_;  // of the event that is made
  std::string event_;
};

}  // namespace forkjail::server
