// A run as the events that Onyx reads: `output` as it comes, at the end `result` or `error`. Begins
// when the script does, so that a request that is refused before has its own status.
// Lives in the frame of the request's handler.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "server/api/event_framing.h"
#include "server/run/run_events.h"

namespace forkjail::server {

class OnyxEvents final : public RunEvents {
 public:
  // `stream` outlives it.
  explicit OnyxEvents(http::Stream& stream) : stream_(stream) {
    stream_.on_room([this] { room_again(); });
  }
  OnyxEvents(const OnyxEvents&) = delete;  // the stream points to it
  OnyxEvents& operator=(const OnyxEvents&) = delete;
  ~OnyxEvents() { stream_.on_room({}); }

  // RunEvents
  void on_begin() override;
  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_display(std::string_view /*bundle_json*/) override {}  // Onyx takes files
  [[nodiscard]] bool has_room() const override { return stream_.has_room(); }

  [[nodiscard]] bool begun() const { return stream_.begun(); }
  // What was not written by the script, but belongs to its stderr.
  void add_err(std::string_view text) { send_text(OutputStream::err, text); }
  // The last event.
  void finish(std::string_view event, std::string_view data);

 private:
  void send_text(OutputStream stream, std::string_view text);

  http::Stream& stream_;
  TextPieces out_;
  TextPieces err_;
};

}  // namespace forkjail::server
