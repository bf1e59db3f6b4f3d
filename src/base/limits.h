// Every limit of the service in one place: what a run may use, and the limits of the service
// itself. Operators change the defaults with flags (server/config.h); a request can only lower
// them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace forkjail {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// What one run may use. seed.md fixes memory, CPU, wall and script size.
struct RunLimits {
  std::chrono::milliseconds wall_time{30'000};
  std::chrono::milliseconds cpu_time{10'000};  // over all threads of the run
  std::uint64_t memory_bytes = 128 * kMiB;     // the run's own, on top of the warm libraries
  std::uint64_t output_bytes = 1 * kMiB;       // of stdout and of stderr each; the rest is dropped
};

// Upper limits of what crosses a process boundary. Nothing larger is ever allocated.
inline constexpr std::size_t kScriptBytesMax = 102'400;
inline constexpr std::size_t kBodyBytesMax = 10 * kMiB;
inline constexpr std::size_t kValueBytesMax = 8 * kMiB;      // JSON of main()'s value
inline constexpr std::size_t kFailureBytesMax = 256 * kKiB;  // JSON that describes a failure
inline constexpr std::size_t kJsonDepthMax = 500;            // nesting of args and of the value
inline constexpr std::size_t kEnvEntriesMax = 256;           // variables of one run
inline constexpr std::size_t kEnvBytesMax = 64 * kKiB;       // their names and values together
// Files of a request, put into the working directory before the script runs.
inline constexpr std::size_t kFilesMax = 1'000;
inline constexpr std::size_t kFilesBytesMax = 10 * kMiB;  // decoded, all together
inline constexpr std::size_t kFileInodesMax = 4'000;      // with the folders they stand in
inline constexpr std::size_t kFilePathBytesMax = 1'024;   // of one, from the working directory
inline constexpr std::size_t kFileNameBytesMax = 255;     // of one part of it (NAME_MAX)
// Files that a run left there.
inline constexpr std::size_t kLeftFilesMax = 1'000;           // named in the answer
inline constexpr std::size_t kLeftFileContentsMax = 100;      // with their content
inline constexpr std::size_t kLeftFilesBytesMax = 10 * kMiB;  // contents of one run together
// Mime bundles that a run displays.
inline constexpr std::size_t kDisplaysMax = 1'000;
inline constexpr std::size_t kDisplayBytesMax = 8 * kMiB;    // JSON of one
inline constexpr std::size_t kDisplaysBytesMax = 10 * kMiB;  // of all together
// A run that writes this many times its output limit is killed: reading and discarding its output
// costs the server CPU.
inline constexpr std::uint64_t kOutputFloodFactor = 64;

// The cell's surroundings.
inline constexpr std::uint64_t kScratchBytesMax = 64 * kMiB;  // working directory and /tmp together
inline constexpr std::uint64_t kScratchInodesMax = 8'192;
inline constexpr std::uint64_t kCellThreadsMax = 64;
inline constexpr std::uint64_t kCellOpenFilesMax = 256;
// Allowance of a cell's cgroup beyond memory_bytes: what parking and warming it cost, page tables
// included, so that Python's own MemoryError (RLIMIT_DATA) comes before the kernel's kill.
inline constexpr std::uint64_t kCellMemorySlackBytes = 32 * kMiB;

}  // namespace forkjail
