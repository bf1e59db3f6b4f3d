#include "http_client/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace forkjail::http_client {
namespace {

struct Scheme {
  std::string_view start;
  bool tls;
  std::string_view port;
};
constexpr std::array kSchemes{Scheme{"http://", false, "80"}, Scheme{"https://", true, "443"}};

Error wrong(std::string_view what) { return Error{"--url", 0, std::string(what)}; }

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  return code == std::errc() && end == text.data() + text.size() && port != 0;
}

// "HOST", "HOST:PORT", "[ADDRESS]" or "[ADDRESS]:PORT".
Status take_authority(Url& url, std::string_view text) {
  std::string_view rest = text;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return wrong("an address without a closing bracket");
    url.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (url.host.empty()) return wrong("no host");
  if (rest.empty()) return ok_status();
  if (rest.front() != ':' || !is_port(rest.substr(1))) return wrong("the port is not a number");
  url.port = rest.substr(1);
  return ok_status();
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto* const scheme = std::ranges::find_if(
      kSchemes, [&](const Scheme& known) { return text.starts_with(known.start); });
  if (scheme == kSchemes.end()) return wrong("it must begin with http:// or https://");
  text.remove_prefix(scheme->start.size());
  const bool plain = std::ranges::all_of(text, [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '@' && c != '?' && c != '#';
  });
  if (!plain) return wrong("it must be http[s]://HOST[:PORT][/PREFIX] and nothing else");
  Url url{.tls = scheme->tls, .host = {}, .port = std::string(scheme->port), .prefix = {}};
  const auto slash = std::min(text.find('/'), text.size());
  url.prefix = text.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  if (auto taken = take_authority(url, text.substr(0, slash)); !taken) return taken.error();
  return url;
}

std::string host_header(const Url& url) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string text = is_ipv6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.tls ? "443" : "80")) text += ":" + url.port;
  return text;
}

}  // namespace forkjail::http_client
