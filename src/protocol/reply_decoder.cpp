#include "protocol/reply_decoder.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace forkjail::protocol {
namespace {

using protocol::FrameType;
using State = ReplyDecoder::State;

struct FrameRule {
  FrameType type;
  State state;  // the only one in which it may come
  std::size_t payload_bytes_max;
};

constexpr std::array kFrameRules{
    FrameRule{FrameType::parked, State::warming, 0},
    FrameRule{FrameType::setup_failed, State::warming, sizeof(protocol::SetupFailure)},
    FrameRule{FrameType::refused_syscalls, State::running,
              protocol::kRefusedSyscallsMax * sizeof(std::uint32_t)},
    FrameRule{FrameType::value, State::running, kValueBytesMax},
    FrameRule{FrameType::failure, State::running, kFailureBytesMax},
};

const FrameRule* rule_of(std::uint32_t type) {
  for (const FrameRule& rule : kFrameRules) {
    if (static_cast<std::uint32_t>(rule.type) == type) return &rule;
  }
  return nullptr;
}

}  // namespace

void ReplyDecoder::start_run() {
  FORKJAIL_CHECK(state_ == State::parked);
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
      if (payload_.empty() || payload_.size() % sizeof(std::uint32_t) != 0 || !refused_.empty()) {
        return violate("a malformed list of refused system calls");
      }
      keep_refused_calls();
      break;
    case FrameType::value:
      state_ = State::value;
      return;  // the payload stays
    case FrameType::failure:
      state_ = State::failure;
      return;
  }
  payload_.clear();
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
