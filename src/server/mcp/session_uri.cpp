#include "server/mcp/session_uri.h"

#include "http/path_pattern.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kScheme = "forkjail:/";
constexpr std::string_view kUnreserved =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

void append_encoded(std::string& uri, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kDigits[byte / 16];
    uri += kDigits[byte % 16];
  }
}

}  // namespace

std::string uri_of(std::string_view session, std::string_view path) {
  std::string uri(kScheme);
  uri.append("/sessions/");
  append_encoded(uri, session);
  uri.append("/files/");
  append_encoded(uri, path);
  return uri;
}

std::optional<SessionFile> session_file_of(std::string_view uri) {
  static const http::PathPattern pattern("/sessions/{id}/files/{path...}");
  if (!uri.starts_with(kScheme)) return std::nullopt;
  http::PathParameters parameters;
  if (pattern.match(uri.substr(kScheme.size()), parameters) != http::PathMatch::yes) {
    return std::nullopt;
  }
  return SessionFile{std::move(parameters.at(0).value), std::move(parameters.at(1).value)};
}

}  // namespace forkjail::server::mcp
