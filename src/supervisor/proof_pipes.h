// The supervisor's pipes to a proof cell (proof.h, canaries.h), read and written without blocking:
// a cell that stops in the middle of a frame must not stop the supervisor's loop, which ends the
// runs of all others. The zygote's start time (fleet.h) bounds the whole proof.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/pipe.h"
#include "base/result.h"
#include "protocol/run_frames.h"
#include "protocol/zygote_report.h"
#include "supervisor/clock.h"

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
  // The next frame; empty while it is incomplete. Errors: end of file, EMSGSIZE for a payload
  // above what a proof's reply may have.
  Result<std::optional<Frame>> next(int reply);

 private:
  Result<bool> fill(int reply, std::size_t bytes);  // whether that many are there now

  std::string bytes_;  // of the frame that is being read, header first
};

// Writes what the non-blocking pipe takes now, and removes it from `bytes`.
Status write_some(int request, std::vector<std::byte>& bytes);

// How far the proof of a zygote by its first cell has come. Owned by that cell.
struct ProofProgress {
  FrameReader reply;
  std::vector<protocol::Layer> layers;       // as they were seen from outside
  std::vector<std::byte> unsent;             // of the canaries' request
  std::optional<Clock::time_point> sent_at;  // when its sending began; empty: not seen yet
};

}  // namespace forkjail::supervisor
