#include "server/compat/onyx_events.h"

#include <utility>

#include "server/compat/object_text.h"

namespace forkjail::server {

void OnyxEvents::on_begin() {
  http::Response head;
  head.content_type = "text/event-stream";
  head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx passes each piece on at once
  stream_.begin(head);
}

void OnyxEvents::on_output(OutputStream stream, std::string_view bytes) {
  send_text(stream, (stream == OutputStream::out ? out_ : err_).take(bytes));
}

void OnyxEvents::send_text(OutputStream stream, std::string_view text) {
  if (text.empty()) return;
  std::string event;
  append_event(event, "output",
               ObjectText()
                   .text("stream", stream == OutputStream::out ? "stdout" : "stderr")
                   .text("data", text)
                   .take());
  stream_.send(event);
}

void OnyxEvents::finish(std::string_view event, std::string_view data) {
  std::string last;
  append_event(last, event, data);
  stream_.finish_with(std::move(last));
}

}  // namespace forkjail::server
