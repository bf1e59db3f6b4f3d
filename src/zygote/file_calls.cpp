#include "zygote/file_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <vector>

#include "base/base64.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/result.h"
#include "zygote/file_walk.h"
#include "zygote/json_text.h"
#include "zygote/left_files.h"
#include "zygote/reply_pipe.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;
using protocol::RunMode;

Status not_there(std::string_view path) {
  return Error{"FileNotFoundError", ENOENT, std::string(path)};
}

// Errors are named as Python names them, in `step`.
Status as_python_names_it(int sys_errno, std::string_view path) {
  if (sys_errno == ENOENT || sys_errno == ENOTDIR || sys_errno == ELOOP) return not_there(path);
  return Error{"OSError", sys_errno, std::string(path)};
}

Status send_content(const std::string& directory, std::string_view path) {
  const UniqueFd root = open_folder(directory);
  const UniqueFd file = root.valid() ? open_below(root.get(), path) : UniqueFd();
  struct stat status{};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return as_python_names_it(errno, path);
  if (S_ISDIR(status.st_mode)) return Error{"IsADirectoryError", EISDIR, std::string(path)};
  if (!S_ISREG(status.st_mode)) return not_there(path);
  std::array<std::byte, 64 * kKiB> piece;  // NOLINT(*-member-init): read() fills it
  for (std::uint64_t left = kScratchBytesMax; left > 0;) {
    const ssize_t n = ::read(file.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return as_python_names_it(errno, path);
    if (n == 0) break;
    const auto bytes = std::span<const std::byte>(piece).first(static_cast<std::size_t>(n));
    if (auto sent = write_all(STDOUT_FILENO, bytes); !sent) return as_python_names_it(EIO, path);
    left -= std::min(left, static_cast<std::uint64_t>(n));
  }
  return ok_status();
}

// The folder that a path lies in, and its last part.
struct Place {
  UniqueFd root;
  UniqueFd below;
  std::string name;

  [[nodiscard]] int folder() const { return below.valid() ? below.get() : root.get(); }
};

Result<Place> place_of(const std::string& directory, std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const bool is_below = slash != std::string_view::npos;
  Place place{open_folder(directory), {}, std::string(path.substr(is_below ? slash + 1 : 0))};
  if (!place.root.valid()) return as_python_names_it(errno, path).error();
  if (is_below) {
    place.below = open_below(place.root.get(), path.substr(0, slash));
    if (!place.below.valid()) return as_python_names_it(errno, path).error();
  }
  return place;
}

Status remove_below(const std::string& directory, std::string_view path) {
  const auto place = place_of(directory, path);
  if (!place) return place.error();
  const char* const name = place->name.c_str();
  if (::unlinkat(place->folder(), name, 0) == 0) return ok_status();
  if (errno == EISDIR && ::unlinkat(place->folder(), name, AT_REMOVEDIR) == 0) return ok_status();
  return as_python_names_it(errno, path);
}

// In base64, since a path may not be UTF-8.
void append_row(std::string& json, std::string_view path, mode_t mode, std::int64_t bytes) {
  const bool is_folder = S_ISDIR(mode);
  json += json.size() > 1 ? ",[\"" : "[\"";
  append_base64(json, path);
  json += is_folder ? "\",true,0]" : "\",false," + std::to_string(bytes) + "]";
}

Result<std::string> describe_entry(const std::string& directory, std::string_view path) {
  const auto place = place_of(directory, path);
  if (!place) return place.error();
  struct stat status{};
  if (::fstatat(place->folder(), place->name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return as_python_names_it(errno, path).error();
  }
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return not_there(path).error();
  std::string json = "[";
  append_row(json, path, status.st_mode, status.st_size);
  return json + "]";
}

Result<std::string> list_levels(const std::string& directory, std::string_view path,
                                std::size_t levels) {
  const UniqueFd root = open_folder(directory);
  if (!root.valid()) return as_python_names_it(errno, path).error();
  std::vector<FoundEntry> entries;
  const auto whole = walk_levels(root.get(), path, levels, entries);
  if (!whole && whole.error().sys_errno == ENOTDIR && describe_entry(directory, path)) {
    return Error{"NotADirectoryError", ENOTDIR, std::string(path)};
  }
  if (!whole) return as_python_names_it(whole.error().sys_errno, path).error();
  std::ranges::sort(entries, {}, &FoundEntry::path);
  std::string json = "[";
  for (const FoundEntry& entry : entries) {
    if (!entry.is_file() && !entry.is_folder()) continue;
    append_row(json, entry.path, entry.mode, entry.stamp.bytes);
  }
  if (!*whole || json.size() >= kValueBytesMax) {
    return Error{"OverflowError", EOVERFLOW, std::string(path)};
  }
  return json + "]";
}

Result<std::string> list_folder(const std::string& directory, std::string_view args) {
  std::size_t levels = 0;
  const auto [end, error] = std::from_chars(args.data(), args.data() + args.size(), levels);
  args.remove_prefix(static_cast<std::size_t>(end - args.data()));
  if (error != std::errc() || args.empty()) return Error{"OSError", EINVAL, {}};
  args.remove_prefix(1);
  return levels == 0 ? describe_entry(directory, args) : list_levels(directory, args, levels);
}

// The value, as JSON text.
Result<std::string> done(RunMode mode, const std::string& directory, std::string_view args) {
  Status status = ok_status();
  switch (mode) {
    case RunMode::list_files:
      send_file_names(directory);
      break;
    case RunMode::read_file:
      status = send_content(directory, args);
      break;
    case RunMode::remove_file:
      status = remove_below(directory, args);
      break;
    case RunMode::list_folder:
      return list_folder(directory, args);
    default:
      return Error{"OSError", ENOSYS, {}};
  }
  if (!status) return status.error();
  return std::string("null");
}

}  // namespace

void reply_to_file_call(RunMode mode, const std::string& directory, std::string_view args) {
  const auto value = done(mode, directory, args);
  if (value) return send_frame(FrameType::value, *value);
  const Error& error = value.error();
  std::string json = R"({"kind":"exception","type":)";
  append_json_string(json, error.step);
  json += R"(,"message":)";
  append_json_string(json, std::strerror(error.sys_errno));
  send_frame(FrameType::failure, json + "}");
}

}  // namespace forkjail::zygote
