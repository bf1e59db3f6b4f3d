#include "protocol/reply_decoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/wire.h"

namespace forkjail::protocol {
namespace {

using protocol::FrameType;
using State = ReplyDecoder::State;

struct FrameRule {
  FrameType type;
  State state;  // the only one in which it may come
  std::size_t payload_bytes_max;
  std::size_t frames_max = 1;
  std::size_t total_bytes_max = payload_bytes_max;  // of all frames of the type
};

constexpr std::size_t kFileBytesMax =
    sizeof(LeftFileHeader) + kFilePathBytesMax + kLeftFilesBytesMax;

// In the order of the types. Of displays and files one frame more: the one that says that further
// ones were left out.
constexpr std::array<FrameRule, kFrameTypes> kFrameRules{{
    {FrameType::parked, State::warming, 0},
    {FrameType::setup_failed, State::warming, sizeof(SetupFailure)},
    {FrameType::refused_syscalls, State::running, kRefusedSyscallsMax * sizeof(std::uint32_t)},
    {FrameType::value, State::running, kValueBytesMax},
    {FrameType::failure, State::running, kFailureBytesMax},
    {FrameType::display, State::running, kDisplayBytesMax, kDisplaysMax + 1, kDisplaysBytesMax},
    {FrameType::file, State::running, kFileBytesMax, kLeftFilesMax + 1,
     kLeftFilesBytesMax + kLeftFilesMax * (sizeof(LeftFileHeader) + kFilePathBytesMax)},
}};

const FrameRule* rule_of(std::uint32_t type) {
  if (type == 0 || type > kFrameRules.size()) return nullptr;
  return &kFrameRules.at(type - 1);
}

}  // namespace

void ReplyDecoder::start_run() {
  FORKJAIL_CHECK(state_ == State::parked);
  state_ = State::running;
}

void ReplyDecoder::start_next_run() {
  *this = {};
  state_ = State::running;
}

void ReplyDecoder::feed(std::span<const std::byte> bytes) {
  while (!finished()) {
    if (header_filled_ < header_bytes_.size()) {
      if (bytes.empty()) return;
      if (state_ == State::parked) return violate("a frame before the request");
      const std::size_t n = std::min(bytes.size(), header_bytes_.size() - header_filled_);
      std::memcpy(header_bytes_.data() + header_filled_, bytes.data(), n);
      header_filled_ += n;
      bytes = bytes.subspan(n);
      if (header_filled_ < header_bytes_.size()) return;
      take_header();
      continue;
    }
    const std::size_t n = std::min(bytes.size(), header_.payload_bytes - payload_.size());
    payload_.append(reinterpret_cast<const char*>(bytes.data()), n);
    bytes = bytes.subspan(n);
    if (payload_.size() < header_.payload_bytes) return;
    take_payload();
  }
}

void ReplyDecoder::take_header() {
  std::memcpy(&header_, header_bytes_.data(), sizeof header_);
  const FrameRule* rule = rule_of(header_.type);
  if (rule == nullptr) return violate("a frame of unknown type");
  if (rule->state != state_) return violate("a frame out of order");
  if (header_.payload_bytes > rule->payload_bytes_max) return violate("a frame that is too large");
  FrameTally& tally = tallies_.at(header_.type - 1);
  if (++tally.frames > rule->frames_max) return violate("too many frames of one type");
  tally.bytes += header_.payload_bytes;
  if (tally.bytes > rule->total_bytes_max) return violate("frames that are too large together");
}

void ReplyDecoder::take_payload() {
  header_filled_ = 0;
  switch (static_cast<FrameType>(header_.type)) {
    case FrameType::parked:
      state_ = State::parked;
      break;
    case FrameType::setup_failed:
      if (payload_.size() != sizeof setup_failure_) return violate("a malformed setup failure");
      std::memcpy(&setup_failure_, payload_.data(), sizeof setup_failure_);
      setup_failure_.step.back() = '\0';
      state_ = State::setup_failed;
      break;
    case FrameType::refused_syscalls:
      if (payload_.empty() || payload_.size() % sizeof(std::uint32_t) != 0) {
        return violate("a malformed list of refused system calls");
      }
      keep_refused_calls();
      break;
    case FrameType::display:
      keep_display();
      break;
    case FrameType::file:
      keep_file();
      break;
    case FrameType::value:
      state_ = State::value;
      return;  // the payload stays
    case FrameType::failure:
      state_ = State::failure;
      return;
  }
  if (state_ != State::violation) payload_.clear();
}

void ReplyDecoder::keep_display() {
  if (displays_dropped_) return violate("a display after the last one");
  displays_dropped_ = payload_.empty();
  if (!displays_dropped_) displays_.push_back(std::exchange(payload_, {}));
}

void ReplyDecoder::keep_file() {
  if (files_dropped_) return violate("a file after the last one");
  files_dropped_ = payload_.empty();
  if (files_dropped_) return;
  const auto header = from_wire<LeftFileHeader>(std::as_bytes(std::span(payload_)));
  if (!header) return violate("a malformed file");
  const std::string_view rest = std::string_view(payload_).substr(sizeof *header);
  const bool fits = header->path_bytes > 0 && header->path_bytes <= kFilePathBytesMax &&
                    header->path_bytes <= rest.size() &&
                    (header->has_content != 0 || header->path_bytes == rest.size());
  if (!fits) return violate("a malformed file");
  LeftFile file{
      .path = std::string(rest.substr(0, header->path_bytes)), .size = header->size, .content = {}};
  if (header->has_content != 0) file.content.emplace(rest.substr(header->path_bytes));
  files_.push_back(std::move(file));
}

// A cell that says a number twice is not one of ours any more: it must not count for more.
void ReplyDecoder::keep_refused_calls() {
  for (std::size_t at = 0; at < payload_.size(); at += sizeof(std::uint32_t)) {
    std::uint32_t number = 0;
    std::memcpy(&number, payload_.data() + at, sizeof number);
    if (std::ranges::find(refused_, number) == refused_.end()) refused_.push_back(number);
  }
}

void ReplyDecoder::violate(std::string_view how) {
  state_ = State::violation;
  violation_ = how;
  payload_.clear();
}

}  // namespace forkjail::protocol
