#include "server/page/content_coding.h"

#include <optional>

#include "http/field_text.h"

namespace forkjail::server {
namespace {

// "q=0" or "q=0.0" is a refusal; how much a coding is preferred does not matter here.
bool is_refused(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = http::take_until(parameters, ';');
    if (!http::starts_ignoring_case(parameter, "q=")) continue;
    return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

// Whether it takes `name`, by its own member or that of "*"; none says nothing.
bool takes(std::string_view accepted, std::string_view name) {
  std::optional<bool> any;
  while (!accepted.empty()) {
    std::string_view member = http::take_until(accepted, ',');
    const std::string_view coding = http::take_until(member, ';');
    if (http::equal_ignoring_case(coding, name)) return !is_refused(member);
    if (coding == "*") any = !is_refused(member);
  }
  return any.value_or(false);
}

}  // namespace

std::string_view name_of(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::brotli:
      return "br";
    case ContentCoding::identity:
      break;
  }
  return {};
}

ContentCoding choose_coding(std::string_view accept_encoding) {
  for (const ContentCoding coding : {ContentCoding::brotli, ContentCoding::gzip}) {
    if (takes(accept_encoding, name_of(coding))) return coding;
  }
  return ContentCoding::identity;
}

}  // namespace forkjail::server
