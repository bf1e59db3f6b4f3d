#include "http/framing.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/fields.hpp>
#include <iterator>

namespace forkjail::http {
namespace {

using boost::beast::http::field;
using boost::beast::http::fields;
using Check = std::optional<FramingError>;

Check check_host(const fields& headers, unsigned version) {
  const auto hosts = headers.count(field::host);
  if (hosts > 1) return FramingError{400, "send one Host header"};
  if (hosts == 0 && version >= 11) return FramingError{400, "HTTP/1.1 needs a Host header"};
  return std::nullopt;
}

Check check_length(const fields& headers) {
  if (headers.count(field::content_length) > 1 ||
      headers[field::content_length].find(',') != boost::beast::string_view::npos) {
    return FramingError{400, "send one Content-Length header with one number"};
  }
  return std::nullopt;
}

Check check_transfer_encoding(const fields& headers, unsigned version) {
  const auto encodings = headers.count(field::transfer_encoding);
  if (encodings == 0) return std::nullopt;
  if (version < 11) return FramingError{400, "HTTP/1.0 does not support Transfer-Encoding"};
  if (headers.count(field::content_length) != 0) {
    return FramingError{400, "send either Content-Length or Transfer-Encoding, not both"};
  }
  if (encodings > 1 || !boost::beast::iequals(headers[field::transfer_encoding], "chunked")) {
    return FramingError{400, "the only supported Transfer-Encoding is chunked"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FramingError> check_framing(const fields& headers, unsigned version,
                                          std::string_view target, const Limits& limits) {
  if (version != 10 && version != 11) return FramingError{505, "use HTTP/1.1"};
  if (target.size() > limits.target_bytes_max) {
    return FramingError{414, "the request target is too long"};
  }
  const auto count = static_cast<std::size_t>(std::distance(headers.begin(), headers.end()));
  if (count > limits.header_fields_max) return FramingError{431, "too many header fields"};
  if (auto error = check_length(headers)) return error;
  if (auto error = check_transfer_encoding(headers, version)) return error;
  return check_host(headers, version);
}

bool has_folded_line(std::string_view lines) {
  for (auto end = lines.find('\n'); end != std::string_view::npos;
       end = lines.find('\n', end + 1)) {
    const auto next = lines.substr(end + 1, 1);
    if (next == " " || next == "\t") return true;
  }
  return false;
}

}  // namespace forkjail::http
