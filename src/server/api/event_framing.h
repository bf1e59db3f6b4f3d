// Server-Sent Events as text, as the HTML standard defines them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace forkjail::server {

// What a client ignores; keeps what is in between from taking the connection for dead.
inline constexpr std::string_view kComment = ": \n\n";

// "event: NAME\ndata: ...\n\n". `data` may have line breaks of any kind: each line is one of the
// event's, so that no data can begin another event.
void append_event(std::string& out, std::string_view name, std::string_view data);

// The bytes of a stream as texts for one event each: a UTF-8 sequence that was cut between two of
// them waits for its rest, at most three bytes.
class TextPieces {
 public:
  // What can be told now, maybe nothing; valid until the next call.
  [[nodiscard]] std::string_view take(std::string_view bytes);
  // What waited in vain.
  [[nodiscard]] std::string_view rest() const { return waiting_; }

 private:
  std::string waiting_;
  std::string joined_;
};

}  // namespace forkjail::server
