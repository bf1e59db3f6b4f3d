// The messages between the server and one cell, over two pipes of that cell only.
//
//   request pipe (server -> cell): one RunRequestHeader, then its parts in the order of RunPart.
//   reply pipe (cell -> server): frames, each a FrameHeader and its payload:
//       parked | setup_failed                              before the request
//       display* file* [refused_syscalls]                  after it, in any order
//       value | failure                                    ends the reply
//
//
// The server does not trust the reply: every length is checked against a limit before anything is
// allocated, and so are the number of frames of a type and the sum of their lengths
// (protocol/reply_decoder.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"

namespace forkjail::protocol {

inline constexpr std::uint32_t kRunRequestMagic = 0x464a5232;  // "FJR2"

// How the source is run; the names are those of the HTTP contract.
enum class RunMode : std::uint32_t {
  main,     // a module, then its main()
  program,  // as `python script.py`
  repl,     // a notebook's cell: its last expression is the value
  // Of sessions, without a script; args: the path, from the working directory. They are done in the
  // state itself, with the rights that its scripts have.
  list_files,   // `file` frames without contents; the value is null
  read_file,    // the content on stdout; the value is null
  remove_file,  // or an empty folder; the value is null
  // args: a depth, a space and a path, of which only a folder's may be empty. The value: an array
  // of [base64 of a path, whether it is a folder, bytes], for what is in the folder so many levels
  // down; of depth 0 the path itself. Files and folders alone, and all of them or a failure.
  list_folder,
};
inline constexpr std::array<std::string_view, 3> kRunModeNames{"main", "program", "repl"};

enum class RunPart : std::uint32_t {
  script,      // UTF-8 source
  args,        // JSON text, an object or an array; empty: main()
  stdin_text,  // what the script reads from standard input
  env,         // "NAME=value\0" each
  files,       // protocol/file_block.h
};
inline constexpr std::size_t kRunParts = 5;

// What the cell does beyond running the script: bits of RunRequestHeader::wants.
inline constexpr std::uint32_t kWantsFiles = 1;    // sends what the run left in its directory
inline constexpr std::uint32_t kWantsDisplay = 2;  // sends what the run displays
// The mime bundles say also which one shows the value of a notebook's cell, and what is in a table.
inline constexpr std::uint32_t kWantsDisplayDetails = 4;
// The caller's interface has no fields stdin, args and mode, which advice on a failure would name.
inline constexpr std::uint32_t kAdviceWithoutFields = 8;
// Members of such a bundle.
inline constexpr std::string_view kValueMark = "application/vnd.forkjail.value";
inline constexpr std::string_view kTableContent = "application/vnd.forkjail.table+json";

struct RunRequestHeader {
  std::uint32_t magic = kRunRequestMagic;
  RunMode mode = RunMode::main;
  std::uint32_t wants = 0;
  std::array<std::uint32_t, kRunParts> part_bytes{};
  std::uint64_t memory_bytes = 0;  // what the run may add to the warm image
  std::uint64_t cpu_time_ms = 0;

  std::uint32_t& bytes_of(RunPart part) { return part_bytes.at(static_cast<std::size_t>(part)); }
};

// The longest request, header and parts. All parts come out of one body, whose size the server
// limits; but files may be named by more bytes than they hold.
inline constexpr std::size_t kRunRequestBytesMax = sizeof(RunRequestHeader) + 3 * kBodyBytesMax;

enum class FrameType : std::uint32_t {
  parked = 1,            // payload: none. Jailed, verified and warm; waits for a request
  setup_failed = 2,      // payload: SetupFailure. The cell ends
  refused_syscalls = 3,  // payload: u32 numbers of the calls the filter refused, at most 16
  value = 4,             // payload: JSON text of main()'s value, at most kValueBytesMax
  failure = 5,           // payload: JSON object (protocol/failure.h), at most kFailureBytesMax
  display = 6,           // payload: JSON object, a mime bundle; none: further ones were dropped
  file = 7,              // payload: LeftFileHeader, path, content; none: further ones are not named
};

struct FrameHeader {
  std::uint32_t type = 0;
  std::uint32_t payload_bytes = 0;
};

// A regular file in the run's working directory that was not there before, or was changed.
struct LeftFileHeader {
  std::uint64_t size = 0;         // as fstat(2) has it
  std::uint32_t path_bytes = 0;   // 1 to kFilePathBytesMax
  std::uint32_t has_content = 0;  // 0: too large, or too many. Then the payload ends with the path
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
