#include "server/compat/e2b_stream.h"

#include <utility>

namespace forkjail::server {
namespace {

std::int64_t nanoseconds_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
}

// What was dropped, in words; empty: nothing.
std::string cut_text(const RunReport& report) {
  std::string cut;
  const auto add = [&cut](bool is_cut, std::string_view name) {
    if (is_cut) cut.append(cut.empty() ? "" : ", ").append(name);
  };
  add(report.output.out.truncated, "stdout");
  add(report.output.err.truncated, "stderr");
  add(report.displays.truncated, "results");
  return cut.empty() ? cut : "forkjail: more than its limit was dropped of: " + cut + "\n";
}

}  // namespace

E2bStream::E2bStream(http::Stream& stream, const Executor& executor, std::uint32_t& executions,
                     std::chrono::milliseconds silence_max)
    : stream_(stream),
      keep_alive_(stream, executor, silence_max, kE2bKeepAlive),
      executions_(executions) {
  stream_.on_room([this] { room_again(); });
}

void E2bStream::on_begin() {
  http::Response head;
  head.content_type = "application/x-ndjson";
  head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx passes each piece on at once
  stream_.begin(head);
  send(e2b_count_line(++executions_));
  send_text(OutputStream::err, std::exchange(announcement_, {}));
  keep_alive_.begin();
}

void E2bStream::on_output(OutputStream stream, std::string_view bytes) {
  send_text(stream, (stream == OutputStream::out ? out_ : err_).take(bytes));
}

void E2bStream::on_display(std::string_view bundle_json) { send(e2b_result_line(bundle_json)); }

void E2bStream::send_text(OutputStream stream, std::string_view text) {
  if (!text.empty()) send(e2b_text_line(stream, text, nanoseconds_now()));
}

void E2bStream::send(std::string_view line) {
  stream_.send(line);
  keep_alive_.note_piece();
}

http::Response E2bStream::finish(const E2bError* error, const RunReport& report) {
  keep_alive_.stop();
  if (!report.output.out.truncated) send_text(OutputStream::out, out_.rest());
  if (!report.output.err.truncated) send_text(OutputStream::err, err_.rest());
  send_text(OutputStream::err, cut_text(report));
  std::string last = error == nullptr ? std::string() : e2b_error_line(*error);
  stream_.finish_with(last.append(kE2bEnd));
  return {};
}

}  // namespace forkjail::server
