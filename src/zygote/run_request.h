// One run as the cell asks Python for it, and what comes of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocol/run_frames.h"

namespace forkjail::zygote {

// The views must outlive the run. Descriptors 0, 1 and 2 already belong to the run and are
// blocking, and the current directory is its working directory.
struct RunRequest {
  std::string_view script;         // UTF-8 source
  std::string_view args_json{};    // JSON object or array; empty: main()
  std::string_view env_block{};    // "NAME=value\0" each
  std::uint64_t memory_bytes = 0;  // only for messages; 0: not named
  protocol::RunMode mode = protocol::RunMode::main;
  // Takes each mime bundle, JSON text of an object, as soon as it is shown; and one empty text
  // where further ones are dropped (display_sender.h). Empty: nothing is drawn or formatted.
  std::function<void(std::string_view)> display{};
  bool display_details = false;        // protocol::kWantsDisplayDetails
  bool advice_without_fields = false;  // protocol::kAdviceWithoutFields
};

// The frame to send: FrameType::value with JSON text, or FrameType::failure with the JSON object of
// protocol/failure.h. Within kValueBytesMax and kFailureBytesMax.
struct RunReply {
  protocol::FrameType type = protocol::FrameType::failure;
  std::string payload;
  // Whether the failure is an OSError with EPERM, or was caused by one.
  bool lacks_permission = false;
};

}  // namespace forkjail::zygote
