#include "server/api/event_framing.h"

#include <algorithm>

#include "json/utf8.h"

namespace forkjail::server {

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out.append("event: ").append(name);
  for (;;) {
    const auto end = std::min(data.find_first_of("\r\n"), data.size());
    out.append("\ndata: ").append(data.substr(0, end));
    if (end == data.size()) break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out.append("\n\n");
}

std::string_view TextPieces::take(std::string_view bytes) {
  if (!waiting_.empty()) {
    joined_.assign(waiting_).append(bytes);
    bytes = joined_;
  }
  const std::string_view text = json::without_cut_sequence(bytes);
  waiting_.assign(bytes.substr(text.size()));
  return text;
}

}  // namespace forkjail::server
