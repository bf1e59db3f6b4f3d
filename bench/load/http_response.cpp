#include "load/http_response.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <system_error>

namespace forkjail::load {
namespace {

constexpr std::size_t kHeadBytesMax = 16 * 1024;
constexpr std::size_t kChunkLineBytesMax = 256;

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool parse_number(std::string_view text, int base, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

HttpResponse::HttpResponse() { head_.reserve(1024); }

void HttpResponse::reset() {
  state_ = State::kHead;
  head_.clear();
  status_ = 0;
  keep_alive_ = true;
  chunked_ = false;
  has_length_ = false;
  remaining_ = 0;
  body_bytes_ = 0;
}

std::size_t HttpResponse::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !done() && !malformed()) {
    const std::string_view rest = bytes.substr(taken);
    switch (state_) {
      case State::kHead:
        taken += feed_head(rest);
        break;
      case State::kBody:
        taken += feed_counted(rest, State::kDone);
        break;
      case State::kChunkData:
        taken += feed_counted(rest, State::kChunkCrlf);
        break;
      case State::kBodyToClose:
        body_bytes_ += rest.size();
        taken += rest.size();
        break;
      case State::kChunkSize:
      case State::kChunkCrlf:
      case State::kTrailer:
        taken += feed_line(rest);
        break;
      case State::kDone:
      case State::kMalformed:
        break;
    }
  }
  return taken;
}

void HttpResponse::end_of_stream() {
  if (done()) return;
  state_ = state_ == State::kBodyToClose ? State::kDone : State::kMalformed;
}

std::size_t HttpResponse::feed_head(std::string_view bytes) {
  const std::size_t before = head_.size();
  head_.append(bytes.substr(0, kHeadBytesMax + 1 - before));
  const std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (head_.size() > kHeadBytesMax) state_ = State::kMalformed;
    return head_.size() - before;
  }
  parse_head(std::string_view(head_).substr(0, end));
  head_.clear();
  return end + 4 - before;
}

std::size_t HttpResponse::feed_counted(std::string_view bytes, State next) {
  const std::uint64_t taken = std::min<std::uint64_t>(remaining_, bytes.size());
  remaining_ -= taken;
  body_bytes_ += taken;
  if (remaining_ == 0) state_ = next;
  return static_cast<std::size_t>(taken);
}

std::size_t HttpResponse::feed_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t taken = end == std::string_view::npos ? bytes.size() : end + 1;
  if (head_.size() + taken > kChunkLineBytesMax) {
    state_ = State::kMalformed;
    return 0;
  }
  head_.append(bytes.substr(0, taken));
  if (end == std::string_view::npos) return taken;
  std::string_view line = head_;
  line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  parse_line(line);
  head_.clear();
  return taken;
}

void HttpResponse::parse_line(std::string_view line) {
  if (state_ == State::kTrailer) {
    if (line.empty()) state_ = State::kDone;
    return;
  }
  if (state_ == State::kChunkCrlf) {
    state_ = line.empty() ? State::kChunkSize : State::kMalformed;
    return;
  }
  const std::string_view size = trim(line.substr(0, line.find(';')));
  if (!parse_number(size, 16, remaining_)) {
    state_ = State::kMalformed;
  } else {
    state_ = remaining_ == 0 ? State::kTrailer : State::kChunkData;
  }
}

void HttpResponse::parse_head(std::string_view head) {
  const std::size_t first_end = head.find("\r\n");
  const std::string_view first = head.substr(0, first_end);
  std::uint64_t status = 0;
  if (!first.starts_with("HTTP/1.") || first.size() < 12 ||
      !parse_number(first.substr(9, 3), 10, status) || status < 100) {
    state_ = State::kMalformed;
    return;
  }
  status_ = static_cast<int>(status);
  keep_alive_ = first[7] == '1';
  state_ = State::kBodyToClose;
  head.remove_prefix(first_end == std::string_view::npos ? head.size() : first_end + 2);
  while (!head.empty() && !malformed()) {
    const std::size_t end = head.find("\r\n");
    parse_header(head.substr(0, end));
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
  }
  if (malformed()) return;
  if (status_ < 200) {  // 100 Continue: the real head follows
    reset();
  } else if (chunked_) {
    state_ = State::kChunkSize;
  } else if (status_ == 204 || status_ == 304) {
    state_ = State::kDone;
  } else if (has_length_) {
    state_ = remaining_ == 0 ? State::kDone : State::kBody;
  } else {
    keep_alive_ = false;
  }
}

void HttpResponse::parse_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (equals_ignoring_case(name, "content-length")) {
    has_length_ = parse_number(value, 10, remaining_);
    if (!has_length_) state_ = State::kMalformed;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    chunked_ = equals_ignoring_case(value, "chunked");
    if (!chunked_) state_ = State::kMalformed;
  } else if (equals_ignoring_case(name, "connection")) {
    if (equals_ignoring_case(value, "close")) keep_alive_ = false;
    if (equals_ignoring_case(value, "keep-alive")) keep_alive_ = true;
  }
}

}  // namespace forkjail::load
