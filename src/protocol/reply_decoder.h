// The frames of a cell's reply pipe, decoded as they come (protocol/run_frames.h). The bytes are
// hostile from the first one after the request: every length is checked before anything is kept,
// memory grows only with bytes that did arrive, and what follows the final frame is ignored.
// Pure: no descriptor, no clock (tests/fuzz/reply_decoder_fuzz.cpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/run_frames.h"

namespace forkjail::protocol {

// What a cell claims to be in its working directory. Every length is within its limit; the text is
// the script's.
struct LeftFile {
  std::string path;  // may not be UTF-8
  std::uint64_t size = 0;
  std::optional<std::string> content;
};

inline constexpr std::size_t kFrameTypes = 7;

// How many frames of a type came, and how long they were together.
struct FrameTally {
  std::size_t frames = 0;
  std::size_t bytes = 0;
};

class ReplyDecoder {
 public:
  enum class State {
    warming,       // neither parked nor failed yet
    parked,        // waits for a request; the cell must say nothing until start_run()
    setup_failed,  // setup_failure() says why
    running,       // between request and final frame
    value,         // payload() is what main() returned: a claim, not checked to be JSON yet
    failure,       // payload() describes a failure: a claim as well
    violation,     // the frames broke the protocol; violation() says how
  };

  // Takes the next bytes, any number of them.
  void feed(std::span<const std::byte> bytes);
  // From here on the cell may send its reply. Only in State::parked.
  void start_run();
  // In a session: forgets the last reply; the next may begin.
  void start_next_run();

  [[nodiscard]] State state() const { return state_; }
  // The final frame came: payload() is the reply. False after a violation.
  [[nodiscard]] bool reply_complete() const {
    return state_ == State::value || state_ == State::failure;
  }
  // Nothing that the cell sends can change the state any more.
  [[nodiscard]] bool finished() const {
    return reply_complete() || state_ == State::violation || state_ == State::setup_failed;
  }
  [[nodiscard]] std::string& payload() { return payload_; }
  // Each number once, in the order in which the cell named them.
  [[nodiscard]] const std::vector<std::uint32_t>& refused_syscalls() const { return refused_; }
  // The bundles so far, in order: texts that claim to be JSON objects.
  [[nodiscard]] std::vector<std::string>& displays() { return displays_; }
  [[nodiscard]] bool displays_dropped() const { return displays_dropped_; }
  [[nodiscard]] std::vector<LeftFile>& files() { return files_; }
  [[nodiscard]] bool files_dropped() const { return files_dropped_; }
  [[nodiscard]] const protocol::SetupFailure& setup_failure() const { return setup_failure_; }
  [[nodiscard]] std::string_view violation() const { return violation_; }

 private:
  void take_header();
  void take_payload();
  void keep_refused_calls();
  void keep_file();
  void keep_display();
  void violate(std::string_view how);  // a literal

  State state_ = State::warming;
  protocol::FrameHeader header_;
  std::array<std::byte, sizeof(protocol::FrameHeader)> header_bytes_{};
  std::size_t header_filled_ = 0;  // below its size: in a header; else in a payload
  std::string payload_;
  std::vector<std::uint32_t> refused_;
  std::vector<std::string> displays_;
  std::vector<LeftFile> files_;
  bool displays_dropped_ = false;
  bool files_dropped_ = false;
  std::array<FrameTally, kFrameTypes> tallies_{};
  protocol::SetupFailure setup_failure_;
  std::string_view violation_;
};

}  // namespace forkjail::protocol
