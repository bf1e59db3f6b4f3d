// Hostile bytes on a connection: where does each request end, and what is its body? The same
// however they are cut into pieces, and the same as a second reader says, which knows only the
// strict rules of RFC 9112 and nothing of Beast. Two readers that disagree are what request
// smuggling is made of.
//
// The first byte of the input chooses the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "http/request_reader.h"

using namespace forkjail;

namespace {

constexpr std::size_t kRequestsMax = 64;

struct Taken {
  std::string bytes;  // as they came
  std::string body;

  bool operator==(const Taken&) const = default;
};

struct Received {
  std::vector<Taken> requests;
  bool refused = false;
};

// As a session reads: what a request leaves is the start of the next.
Received read_all(std::string_view bytes, std::size_t piece_bytes, const http::Limits& limits) {
  Received connection;
  std::string buffer;
  std::optional<http::RequestReader> reader;
  Taken taken;
  while (!connection.refused && connection.requests.size() < kRequestsMax) {
    if (!reader) reader.emplace(limits);
    const bool had_header = reader->header_done();
    const std::size_t n = buffer.empty() ? 0 : reader->take(buffer);
    FORKJAIL_CHECK(n <= buffer.size());
    taken.bytes.append(buffer, 0, n);
    buffer.erase(0, n);
    if (reader->refusal()) {
      FORKJAIL_CHECK(reader->refusal()->status >= 400 && reader->refusal()->status <= 505);
      FORKJAIL_CHECK(!reader->refusal()->message.empty());
      connection.refused = true;
    } else if (reader->done()) {
      taken.body = reader->take_body();
      connection.requests.push_back(std::exchange(taken, {}));
      reader.reset();
    } else if (n == 0 && reader->header_done() == had_header) {  // it wants more
      if (bytes.empty()) break;
      buffer.append(bytes.substr(0, piece_bytes));
      bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
    }
  }
  return connection;
}

// ---- the second reader ----

struct Field {
  std::string name;  // in lower case
  std::string value;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The next line without its end, taken from the front of `bytes`.
std::string_view next_line(std::string_view& bytes) {
  const auto end = bytes.find("\r\n");
  FORKJAIL_CHECK(end != std::string_view::npos);
  const auto line = bytes.substr(0, end);
  FORKJAIL_CHECK(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
  bytes.remove_prefix(end + 2);
  return line;
}

// Up to and with the empty line.
std::vector<Field> fields_of(std::string_view& bytes) {
  std::vector<Field> fields;
  for (;;) {
    const auto line = next_line(bytes);
    if (line.empty()) return fields;
    const auto colon = line.find(':');
    FORKJAIL_CHECK(colon != std::string_view::npos && colon > 0);
    const auto name = line.substr(0, colon);
    FORKJAIL_CHECK(name.find_first_of(" \t") == std::string_view::npos);
    fields.push_back({lower(name), std::string(trimmed(line.substr(colon + 1)))});
  }
}

std::vector<std::string> values_of(const std::vector<Field>& fields, std::string_view name) {
  std::vector<std::string> values;
  for (const Field& field : fields) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

std::size_t number_of(std::string_view digits, unsigned base) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  FORKJAIL_CHECK(!digits.empty());
  std::size_t number = 0;
  for (const char c : lower(digits)) {
    const auto digit = kDigits.substr(0, base).find(c);
    FORKJAIL_CHECK(digit != std::string_view::npos);
    FORKJAIL_CHECK(number <= kBodyBytesMax);
    number = (number * base) + digit;
  }
  return number;
}

// The body of chunks, which must end with `bytes`.
std::string unchunked(std::string_view bytes) {
  std::string body;
  for (;;) {
    const auto line = next_line(bytes);
    const std::size_t size = number_of(trimmed(line.substr(0, line.find(';'))), 16);
    if (size == 0) break;
    FORKJAIL_CHECK(size + 2 <= bytes.size());
    body.append(bytes.substr(0, size));
    FORKJAIL_CHECK(bytes.substr(size, 2) == "\r\n");
    bytes.remove_prefix(size + 2);
  }
  fields_of(bytes);  // the trailers
  FORKJAIL_CHECK(bytes.empty());
  return body;
}

// Bytes that were taken as one request are one, and have this body.
std::string body_of(std::string_view bytes, const http::Limits& limits) {
  const std::size_t all_bytes = bytes.size();
  FORKJAIL_CHECK(!next_line(bytes).empty());
  const auto fields = fields_of(bytes);
  FORKJAIL_CHECK(all_bytes - bytes.size() <= limits.header_bytes_max);
  const auto lengths = values_of(fields, "content-length");
  const auto codings = values_of(fields, "transfer-encoding");
  FORKJAIL_CHECK(lengths.size() + codings.size() <= 1);
  if (!codings.empty()) {
    FORKJAIL_CHECK(lower(codings.front()) == "chunked");
    return unchunked(bytes);
  }
  const std::size_t length = lengths.empty() ? 0 : number_of(lengths.front(), 10);
  FORKJAIL_CHECK(bytes.size() == length);
  return std::string(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const http::Limits limits;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Received whole = read_all(bytes, bytes.size() + 1, limits);
  const Received pieces = read_all(bytes, 1 + data[0] % 32U, limits);
  FORKJAIL_CHECK(whole.requests == pieces.requests);
  // In pieces some rubbish is first waited on, for the end of a header that never comes.
  FORKJAIL_CHECK(whole.refused || !pieces.refused);
  for (const Taken& request : whole.requests) {
    FORKJAIL_CHECK(request.body == body_of(request.bytes, limits));
    FORKJAIL_CHECK(request.body.size() <= limits.body_bytes_max);
  }
  return 0;
}
