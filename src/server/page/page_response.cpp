#include "server/page/page_response.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "server/page/content_coding.h"

namespace forkjail::server {
namespace {

using http::RequestHeader;

struct TypeRow {
  std::string_view suffix;
  std::string_view type;
};
constexpr std::array kTypes{
    TypeRow{".html", "text/html; charset=utf-8"},
    TypeRow{".js", "text/javascript; charset=utf-8"},
    TypeRow{".css", "text/css; charset=utf-8"},
    TypeRow{".svg", "image/svg+xml"},
};

// What the page may load and run: its own files, pictures in data: addresses, requests to this
// service. No text ever becomes a script, and no other page shows this one inside itself.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSecurityHeaders{{
    {"Content-Security-Policy", kContentSecurityPolicy},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    {"Referrer-Policy", "no-referrer"},
}};

std::string_view type_of(std::string_view name) {
  const auto row = std::ranges::find_if(
      kTypes, [&](std::string_view suffix) { return name.ends_with(suffix); }, &TypeRow::suffix);
  return row == kTypes.end() ? "application/octet-stream" : row->type;
}

std::string_view form_of(const PageFile& file, ContentCoding coding) {
  switch (coding) {
    case ContentCoding::gzip:
      return file.gzip;
    case ContentCoding::brotli:
      return file.brotli;
    case ContentCoding::identity:
      break;
  }
  return file.plain;
}

// Each form has a tag of its own, as its bytes differ.
std::string tag_of(const PageFile& file, ContentCoding coding) {
  std::string tag = "\"";
  tag.append(file.digest);
  if (coding != ContentCoding::identity) tag.append("-").append(name_of(coding));
  return tag.append("\"");
}

// If-None-Match: "*", or tags of which each may be weak. A tag of ours has no comma in it.
bool has_tag(std::string_view sent, std::string_view tag) {
  while (!sent.empty()) {
    std::string_view member = sent.substr(0, sent.find(','));
    sent.remove_prefix(std::min(sent.size(), member.size() + 1));
    const auto start = member.find_first_not_of(" \t");
    if (start == std::string_view::npos) continue;
    member = member.substr(start, member.find_last_not_of(" \t") - start + 1);
    if (member.starts_with("W/")) member.remove_prefix(2);
    if (member == tag || member == "*") return true;
  }
  return false;
}

}  // namespace

http::Response page_response(const PageFile& file, const http::RequestHeaders& headers) {
  const ContentCoding coding = choose_coding(headers[RequestHeader::accept_encoding]);
  std::string tag = tag_of(file, coding);
  http::Response response;
  response.cache_control =
      file.caching == Caching::immutable ? "public, max-age=31536000, immutable" : "no-cache";
  response.content_type = type_of(file.name);
  for (const auto& [name, value] : kSecurityHeaders) {
    response.headers.push_back({name, std::string(value)});
  }
  response.headers.push_back({"Vary", "Accept-Encoding"});
  const bool known = has_tag(headers[RequestHeader::if_none_match], tag);
  response.headers.push_back({"ETag", std::move(tag)});
  if (known) {
    response.status = http::kNotModified;
    response.content_type = {};
    return response;
  }
  if (coding != ContentCoding::identity) {
    response.headers.push_back({"Content-Encoding", std::string(name_of(coding))});
  }
  response.body = form_of(file, coding);
  return response;
}

}  // namespace forkjail::server
