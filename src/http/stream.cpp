#include "http/stream.h"

#include <array>
#include <charconv>
#include <utility>

#include "http/connection.h"
#include "http/counters.h"
#include "http/message.h"

namespace forkjail::http {
namespace {

void append_chunk_head(std::string& out, std::size_t bytes) {
  std::array<char, 16> digits;  // NOLINT(*-member-init): to_chars() fills it
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes, 16).ptr;
  out.append(digits.data(), end).append("\r\n");
}

}  // namespace

void Stream::begin(const Response& head) {
  begun_ = true;
  alive_ = std::make_shared<bool>(true);
  connection_.enter_streaming();
  form_.counters.count_response(head.status);
  pending_ = response_head(
      head, {.keep_alive = form_.chunked && form_.keep_alive,
             .date = form_.date.now(),
             .request_id = form_.request_id,
             .more_lines = form_.more_lines,
             .body_length = form_.chunked ? BodyLength::chunked : BodyLength::until_close});
  flush();
}

void Stream::send(std::string_view piece) {
  if (piece.empty() || form_.head_only) return;
  append(piece);
  flush();
}

void Stream::append(std::string_view piece) {
  if (form_.chunked) append_chunk_head(pending_, piece.size());
  pending_.append(piece);
  if (form_.chunked) pending_.append("\r\n");
}

void Stream::flush() {
  std::size_t sent = 0;
  if (!awaits_room_) {
    sent = connection_.send_some(std::string_view(pending_).substr(sent_));
    sent_ += sent;
    if (unsent_bytes() == 0 || sent_ >= connection_.limits().stream_buffer_bytes) {
      pending_.erase(0, std::exchange(sent_, 0));
    }
    if (unsent_bytes() > 0) await_room();
  }
  note_room();
  connection_.note_stream(sent, unsent_bytes() == 0 ? 0 : pending_.capacity());
}

void Stream::note_room() {
  const std::size_t bytes_max = connection_.limits().stream_buffer_bytes;
  if (unsent_bytes() >= bytes_max) full_ = true;
  if (unsent_bytes() <= bytes_max / 2) full_ = false;
}

void Stream::await_room() {
  awaits_room_ = true;
  connection_.await_room([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.expired() || ended_) return;
    awaits_room_ = false;
    const bool was_full = full_;
    flush();
    if (was_full && !full_ && listener_) listener_();
  });
}

Task<bool> Stream::end(AfterAnswer& after_answer) {
  ended_ = true;
  if (broken_off_) co_return false;
  connection_.note_stream(0, 0);
  pending_.erase(0, std::exchange(sent_, 0));
  if (form_.head_only) last_.clear();
  if (form_.chunked && !form_.head_only) {
    if (!last_.empty()) {
      append_chunk_head(pending_, last_.size());
      last_.append("\r\n");
    }
    last_.append("0\r\n\r\n");
  }
  const Connection::Parts parts{asio::buffer(pending_), asio::buffer(last_)};
  const bool whole =
      co_await connection_.write(parts, after_answer, pending_.capacity() + last_.capacity());
  co_return whole&& form_.chunked&& form_.keep_alive;
}

}  // namespace forkjail::http
