#include "http/error_kind.h"

#include <algorithm>
#include <array>

namespace forkjail::http {
namespace {

struct StatusKind {
  unsigned status;
  std::string_view kind;
};
constexpr std::array kKinds{
    StatusKind{400, "faulty_request"},
    StatusKind{404, "path_unknown"},
    StatusKind{405, "method_not_allowed"},
    StatusKind{408, "request_too_slow"},
    StatusKind{413, "too_large"},
    StatusKind{414, "uri_too_long"},
    StatusKind{415, "unsupported_media_type"},
    StatusKind{417, "expectation_failed"},
    StatusKind{431, "headers_too_large"},
    StatusKind{500, "internal_error"},
    StatusKind{505, "http_version_not_supported"},
};

}  // namespace

std::string_view kind_of_status(unsigned status) {
  const auto* const row = std::ranges::find(kKinds, status, &StatusKind::status);
  return row == kKinds.end() ? std::string_view() : row->kind;
}

void set_kind(Response& response, std::string_view kind) {
  const auto header = std::ranges::find(response.headers, kKindHeader, &ResponseHeader::name);
  if (header != response.headers.end()) {
    header->value = kind;
  } else {
    response.headers.push_back({kKindHeader, std::string(kind)});
  }
}

std::string_view kind_of(const Response& response) {
  const auto header = std::ranges::find(response.headers, kKindHeader, &ResponseHeader::name);
  return header == response.headers.end() ? std::string_view() : header->value;
}

}  // namespace forkjail::http
