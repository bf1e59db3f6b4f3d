#include "http/message.h"

#include <algorithm>
#include <array>

#include "http/error_kind.h"
#include "json/text.h"

namespace forkjail::http {
namespace {

struct StatusRow {
  unsigned status;
  std::string_view reason;
};

constexpr std::array kStatuses{
    StatusRow{200, "OK"},
    StatusRow{201, "Created"},
    StatusRow{202, "Accepted"},
    StatusRow{204, "No Content"},
    StatusRow{304, "Not Modified"},
    StatusRow{400, "Bad Request"},
    StatusRow{401, "Unauthorized"},
    StatusRow{403, "Forbidden"},
    StatusRow{404, "Not Found"},
    StatusRow{405, "Method Not Allowed"},
    StatusRow{408, "Request Timeout"},
    StatusRow{409, "Conflict"},
    StatusRow{413, "Content Too Large"},
    StatusRow{414, "URI Too Long"},
    StatusRow{415, "Unsupported Media Type"},
    StatusRow{417, "Expectation Failed"},
    StatusRow{421, "Misdirected Request"},
    StatusRow{422, "Unprocessable Content"},
    StatusRow{429, "Too Many Requests"},
    StatusRow{431, "Request Header Fields Too Large"},
    StatusRow{500, "Internal Server Error"},
    StatusRow{501, "Not Implemented"},
    StatusRow{502, "Bad Gateway"},
    StatusRow{503, "Service Unavailable"},
    StatusRow{505, "HTTP Version Not Supported"},
};

void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append("\r\n").append(name).append(": ");
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    head.push_back(byte < 0x20 || byte == 0x7F ? ' ' : c);
  }
}

}  // namespace

std::string_view Request::path_parameter(std::string_view name) const {
  const auto found = std::ranges::find(path_parameters, name, &PathParameter::name);
  return found == path_parameters.end() ? std::string_view() : found->value;
}

std::string_view reason_phrase(unsigned status) {
  for (const StatusRow& row : kStatuses) {
    if (row.status == status) return row.reason;
  }
  return "";
}

void plain_error(Response& response, std::string_view message) {
  response.body.push_back('{');
  json::append_key(response.body, "error");
  json::append_string(response.body, message);
  response.body += "}";
}

Response error_response(unsigned status, std::string_view message, ErrorRenderer render) {
  Response response;
  response.status = status;
  render(response, message);
  if (const auto kind = kind_of_status(status); !kind.empty()) set_kind(response, kind);
  return response;
}

Response empty_response(unsigned status) {
  Response response;
  response.status = status;
  response.content_type = {};
  return response;
}

std::string response_head(const Response& response, const HeadOptions& options) {
  std::string head;
  head.reserve(320);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason_phrase(response.status));
  if (!response.content_type.empty()) {
    head.append("\r\nContent-Type: ").append(response.content_type);
  }
  if (options.body_length == BodyLength::known && !ends_with_header(response.status)) {
    head.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
  } else if (options.body_length == BodyLength::chunked) {
    head.append("\r\nTransfer-Encoding: chunked");
  }
  if (!options.date.empty()) head.append("\r\nDate: ").append(options.date);
  head.append("\r\nCache-Control: ").append(response.cache_control);
  head.append("\r\nX-Content-Type-Options: nosniff");
  if (!response.allow.empty()) head.append("\r\nAllow: ").append(response.allow);
  if (response.retry_after_s != 0) {
    head.append("\r\nRetry-After: ").append(std::to_string(response.retry_after_s));
  }
  if (!options.request_id.empty()) append_header(head, "X-Request-Id", options.request_id);
  for (const auto& [name, value] : response.headers) append_header(head, name, value);
  head.append(options.more_lines);
  head.append(options.keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close");
  return head.append("\r\n\r\n");
}

}  // namespace forkjail::http
