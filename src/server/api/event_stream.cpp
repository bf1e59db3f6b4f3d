#include "server/api/event_stream.h"

#include <utility>

#include "http/error_kind.h"
#include "http/media_type.h"
#include "json/text.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kEventStream = "text/event-stream";
constexpr unsigned kOk = 200;

std::string_view event_of(OutputStream stream) {
  return stream == OutputStream::out ? "stdout" : "stderr";
}

// The header that has it in a plain answer went out before the run ended.
void add_kind(http::Response& answer) {
  const std::string_view kind = http::kind_of(answer);
  if (kind.empty()) return;
  answer.body.pop_back();
  json::append_key(answer.body, "kind");
  json::append_string(answer.body, kind);
  answer.body += "}";
}

}  // namespace

bool wants_events(const http::Request& request) {
  return http::accepts_by_name(request.headers[http::RequestHeader::accept], kEventStream);
}

EventStream::EventStream(http::Stream& stream, const Executor& executor,
                         std::chrono::milliseconds silence_max)
    : stream_(stream), keep_alive_(stream, executor, silence_max, kComment) {
  stream_.on_room([this] { room_again(); });
}

void EventStream::on_begin() {
  http::Response head;
  head.content_type = kEventStream;
  head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx passes each piece on at once
  stream_.begin(head);
  keep_alive_.begin();
}

void EventStream::on_output(OutputStream stream, std::string_view bytes) {
  send_text(event_of(stream), (stream == OutputStream::out ? out_ : err_).take(bytes));
}

void EventStream::on_display(std::string_view bundle_json) { send("display", bundle_json); }

void EventStream::send_text(std::string_view event, std::string_view text) {
  if (text.empty()) return;
  data_ = "{";
  json::append_key(data_, "text");
  json::append_string(data_, text);
  data_ += "}";
  send(event, data_);
}

void EventStream::send(std::string_view event, std::string_view data) {
  event_.clear();
  append_event(event_, event, data);
  stream_.send(event_);
  keep_alive_.note_piece();
}

http::Response EventStream::finish(http::Response answer, const RunOutput& output) {
  if (!stream_.begun()) return answer;
  keep_alive_.stop();
  // What was cut off where output was dropped is not told in the plain answer either.
  if (!output.out.truncated) send_text("stdout", out_.rest());
  if (!output.err.truncated) send_text("stderr", err_.rest());
  const bool is_error = answer.status != kOk;
  if (is_error) add_kind(answer);
  std::string last;
  last.reserve(answer.body.size() + 64);
  append_event(last, is_error ? "error" : "result", answer.body);
  stream_.finish_with(std::move(last));
  std::string().swap(answer.body);
  return answer;
}

}  // namespace forkjail::server
