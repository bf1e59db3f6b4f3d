// The messages between the server and one cell, over two pipes of that cell only.
//
//   request pipe (server -> cell): one RunRequestHeader, then its parts in the order of its fields.
//   reply pipe (cell -> server): frames, each a FrameHeader and its payload:
//       parked | setup_failed            before the request
//       [refused_syscalls] (value | failure)   after it; the first of these ends the reply
//
// The server does not trust the reply: every length is checked against a limit before anything is
// allocated (protocol/reply_decoder.h).
#pragma once

#include <array>
#include <cstdint>

namespace forkjail::protocol {

inline constexpr std::uint32_t kRunRequestMagic = 0x464a5231;  // "FJR1"

struct RunRequestHeader {
  std::uint32_t magic = kRunRequestMagic;
  std::uint32_t script_bytes = 0;  // UTF-8 source
  std::uint32_t args_bytes = 0;    // JSON text, an object or an array; 0: main()
  std::uint32_t stdin_bytes = 0;
  std::uint32_t env_bytes = 0;     // "NAME=value\0" each
  std::uint32_t files_bytes = 0;   // not used yet, 0
  std::uint64_t memory_bytes = 0;  // what the run may add to the warm image
  std::uint64_t cpu_time_ms = 0;
};

enum class FrameType : std::uint32_t {
  parked = 1,            // payload: none. Jailed, verified and warm; waits for a request
  setup_failed = 2,      // payload: SetupFailure. The cell ends
  refused_syscalls = 3,  // payload: u32 numbers of the calls the filter refused, at most 16
  value = 4,             // payload: JSON text of main()'s value, at most kValueBytesMax
  failure = 5,           // payload: JSON object (protocol/failure.h), at most kFailureBytesMax
};

struct FrameHeader {
  std::uint32_t type = 0;
  std::uint32_t payload_bytes = 0;
};

inline constexpr std::uint32_t kRefusedSyscallsMax = 16;

// Which step of entering the jail failed, and the kernel's errno.
struct SetupFailure {
  std::int32_t sys_errno = 0;
  std::array<char, 60> step{};  // NUL-terminated name
};

// Descriptors of a cell when it waits for its request. Nothing else is open.
inline constexpr int kCellStdinFd = 0;
inline constexpr int kCellStdoutFd = 1;
inline constexpr int kCellStderrFd = 2;
inline constexpr int kCellReplyFd = 3;    // stays open while the script runs
inline constexpr int kCellRequestFd = 4;  // closed before the script runs

}  // namespace forkjail::protocol
