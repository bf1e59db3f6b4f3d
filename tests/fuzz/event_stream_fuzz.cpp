// What a script prints and shows as Server-Sent Events: no data begins another event, and all texts
// together are the output, wherever it was cut. The first byte chooses the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "json/utf8.h"
#include "server/api/event_framing.h"

using namespace forkjail;

namespace {

// The data of the one event in `text`, read as the HTML standard says.
std::string data_of(std::string_view text) {
  constexpr std::string_view kHead = "event: stdout\n";
  FORKJAIL_CHECK(text.starts_with(kHead) && text.ends_with("\n\n"));
  FORKJAIL_CHECK(text.find('\r') == std::string_view::npos);
  text = text.substr(kHead.size(), text.size() - kHead.size() - 1);
  std::string data;
  while (!text.empty()) {
    constexpr std::string_view kName = "data: ";
    FORKJAIL_CHECK(text.starts_with(kName));
    const std::size_t end = text.find('\n');
    data.append(text.substr(kName.size(), end - kName.size())).append("\n");
    text.remove_prefix(end + 1);
  }
  data.pop_back();
  return data;
}

std::string with_plain_line_ends(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
    plain += text[i] == '\r' ? '\n' : text[i];
  }
  return plain;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string event;
  server::append_event(event, "stdout", text);
  FORKJAIL_CHECK(data_of(event) == with_plain_line_ends(text));

  const std::size_t piece = 1 + data[0] % 8U;
  server::TextPieces pieces;
  std::string told;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    json::append_valid_utf8(told, pieces.take(text.substr(at, piece)));
    FORKJAIL_CHECK(pieces.rest().size() <= 3);
  }
  json::append_valid_utf8(told, pieces.rest());
  std::string whole;
  json::append_valid_utf8(whole, text);
  FORKJAIL_CHECK(told == whole);
  return 0;
}
