// The supervisor's talk with a proof cell (proof.h, canaries.h), such that a cell that stops in the
// middle of a word holds nobody up: the supervisor's loop ends the runs of all others. Frames are
// taken as they come; how long a proof may take in all is the worker's start time.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/pipe.h"
#include "base/result.h"
#include "protocol/run_frames.h"

namespace forkjail::supervisor {

struct Frame {
  protocol::FrameType type{};
  std::string payload;
};

// Makes our ends of both non-blocking. The cell's ends stay as they are.
Status make_proof_pipes_nonblocking(const Pipe& request, const Pipe& reply);

// Takes what the pipe holds, frame by frame.
class FrameReader {
 public:
  // The next frame; empty while not all of it is there. Errors: end of file, EMSGSIZE for a payload
  // above what a proof's reply may have.
  Result<std::optional<Frame>> next(int reply);

 private:
  Result<bool> fill(int reply, std::size_t bytes);  // whether that many are there now

  std::string bytes_;  // of the frame that is being read, header first
};

// Writes all bytes to a non-blocking pipe. Errors: ETIMEDOUT when nobody makes room for so long.
Status write_within(int request, std::span<const std::byte> bytes,
                    std::chrono::milliseconds time_max);

}  // namespace forkjail::supervisor
