#include "zygote/file_calls.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

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

Status remove_below(const std::string& directory, std::string_view path) {
  const UniqueFd root = open_folder(directory);
  if (!root.valid()) return as_python_names_it(errno, path);
  const std::size_t slash = path.rfind('/');
  UniqueFd folder;
  if (slash != std::string_view::npos) {
    folder = open_below(root.get(), path.substr(0, slash));
    if (!folder.valid()) return as_python_names_it(errno, path);
  }
  const std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  const int parent = folder.valid() ? folder.get() : root.get();
  if (::unlinkat(parent, name.c_str(), 0) == 0) return ok_status();
  if (errno == EISDIR && ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) return ok_status();
  return as_python_names_it(errno, path);
}

Status list(const std::string& directory) {
  send_file_names(directory);
  return ok_status();
}

Status done(RunMode mode, const std::string& directory, std::string_view path) {
  switch (mode) {
    case RunMode::list_files:
      return list(directory);
    case RunMode::read_file:
      return send_content(directory, path);
    case RunMode::remove_file:
      return remove_below(directory, path);
    default:
      return Error{"OSError", ENOSYS, {}};
  }
}

}  // namespace

void reply_to_file_call(RunMode mode, const std::string& directory, std::string_view path) {
  const Status status = done(mode, directory, path);
  if (status) return send_frame(FrameType::value, "null");
  const Error& error = status.error();
  std::string json = R"({"kind":"exception","type":)";
  append_json_string(json, error.step);
  json += R"(,"message":)";
  append_json_string(json, std::strerror(error.sys_errno));
  send_frame(FrameType::failure, json + "}");
}

}  // namespace forkjail::zygote
