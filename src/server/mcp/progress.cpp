#include "server/mcp/progress.h"

#include <utility>

#include "json/text.h"
#include "json/utf8.h"
#include "server/mcp/json_rpc.h"

namespace forkjail::server::mcp {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t kLineBytesMax = 200;
constexpr std::string_view kBlank = " \t\r\n";

}  // namespace

std::string_view last_line(std::string_view bytes) {
  const auto end = bytes.find_last_not_of(kBlank);
  if (end == std::string_view::npos) return {};
  bytes = bytes.substr(0, end + 1);
  const auto start = bytes.find_last_of("\r\n");
  if (start != std::string_view::npos) bytes.remove_prefix(start + 1);
  return json::without_cut_sequence(bytes.substr(0, kLineBytesMax));
}

Progress::Progress(RpcStream& stream, const Executor& executor, std::string token,
                   std::chrono::milliseconds time_max, std::chrono::milliseconds period)
    : stream_(stream),
      timer_(executor),
      token_(std::move(token)),
      time_max_(time_max),
      period_(period),
      began_(Clock::now()) {
  stream_.on_room([this] { room_again(); });
}

void Progress::on_begin() {
  began_ = Clock::now();
  tell();
  tell_later();
}

void Progress::on_output(OutputStream /*stream*/, std::string_view bytes) {
  if (const auto line = last_line(bytes); !line.empty()) line_ = line;
}

void Progress::on_display(std::string_view /*bundle_json*/) {}

// The time of the run grows, as the protocol wants of a progress.
void Progress::tell() {
  std::string params = "{";
  json::append_key(params, "progressToken");
  params += token_;
  json::append_key(params, "progress");
  json::append_number(params, Seconds(Clock::now() - began_).count());
  json::append_key(params, "total");
  json::append_number(params, Seconds(time_max_).count());
  json::append_key(params, "message");
  json::append_string(params, line_.empty() ? std::string_view("running") : line_);
  stream_.send(notification_text("notifications/progress", params + "}"));
}

void Progress::tell_later() {
  timer_.expires_after(period_);
  timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (ec || alive.expired()) return;
        if (stream_.has_room()) tell();
        tell_later();
      });
}

}  // namespace forkjail::server::mcp
