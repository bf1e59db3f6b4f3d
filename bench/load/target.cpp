#include "load/target.h"

#include <arpa/inet.h>

#include <charconv>
#include <system_error>

namespace forkjail::load {
namespace {

constexpr std::string_view kStep = "read --url";

Error bad_url(std::string_view why) { return Error{std::string(kStep), 0, std::string(why)}; }

}  // namespace

Result<Target> parse_target(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return bad_url("must begin with http://");
  url.remove_prefix(kScheme.size());
  Target target;
  const std::size_t slash = url.find('/');
  target.authority = url.substr(0, slash);
  target.path = slash == std::string_view::npos ? "/" : url.substr(slash);
  for (const char byte : target.path) {
    if (byte <= ' ' || byte > '~') return bad_url("the path holds a blank or a control character");
  }

  const std::size_t colon = target.authority.find(':');
  std::string host = target.authority.substr(0, colon);
  std::uint16_t port = 80;
  if (colon != std::string::npos) {
    const std::string digits = target.authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || *end != '\0' || port == 0) return bad_url("the port is not valid");
  }
  if (host == "localhost") host = "127.0.0.1";
  target.address.sin_family = AF_INET;
  target.address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &target.address.sin_addr) != 1 ||
      ntohl(target.address.sin_addr.s_addr) >> 24 != 127) {
    return bad_url("the host must be localhost or in 127.0.0.0/8");
  }
  return target;
}

RequestText make_request(const Target& target, std::string_view body, std::string_view header) {
  RequestText request;
  request.bytes.append(body.empty() ? "GET " : "POST ").append(target.path);
  request.bytes.append(" HTTP/1.1\r\nHost: ").append(target.authority).append("\r\n");
  if (!header.empty()) request.bytes.append(header).append("\r\n");
  if (body.empty()) {
    request.bytes.append("\r\n");
    return request;
  }
  request.bytes.append("Content-Type: application/json\r\n");
  request.bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  const std::size_t placeholder = body.find(kNoncePlaceholder);
  if (placeholder != std::string_view::npos) request.nonce_at = request.bytes.size() + placeholder;
  request.bytes.append(body);
  return request;
}

void put_nonce(std::string& bytes, std::size_t nonce_at, std::uint64_t nonce) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < kNoncePlaceholder.size(); ++i) {
    bytes[nonce_at + i] = kDigits[(nonce >> (60 - 4 * i)) & 15];
  }
}

}  // namespace forkjail::load
