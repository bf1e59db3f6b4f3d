#include "zygote/request_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "base/base64.h"
#include "base/io.h"
#include "base/unique_fd.h"
#include "protocol/file_block.h"

namespace forkjail::zygote {
namespace {

Status make_folders_of(const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return errno_error("mkdir", folder);
  }
  return ok_status();
}

Status write_new_file(const std::string& path, std::string_view content, PlacedOver over) {
  if (auto made = make_folders_of(path); !made) return made;
  if (over == PlacedOver::replaces) ::unlink(path.c_str());  // what it cannot, open() tells
  const UniqueFd file(
      ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file.valid()) return errno_error("open", path);
  return write_all(file.get(), std::as_bytes(std::span(content)));
}

}  // namespace

void ContentHash::add(std::string_view piece) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (const char c : piece) state_ = (state_ ^ static_cast<unsigned char>(c)) * kPrime;
}

Result<std::vector<PlacedFile>> place_files(std::string_view block, bool to_be_recognised,
                                            PlacedOver over) {
  std::vector<PlacedFile> placed;
  protocol::FileBlockReader reader(block);
  while (const auto file = reader.next()) {
    std::string decoded;
    std::string_view content = file->content;
    if (file->encoding == protocol::FileEncoding::base64) {
      append_base64_decoded(decoded, content);
      content = decoded;
    }
    PlacedFile row{.path = std::string(file->path), .size = content.size(), .hash = 0};
    if (auto written = write_new_file(row.path, content, over); !written) return written.error();
    if (!to_be_recognised) continue;
    ContentHash hash;
    hash.add(content);
    row.hash = hash.value();
    placed.push_back(std::move(row));
  }
  if (reader.malformed()) return Error{"read the files of the request", 0, "malformed"};
  std::ranges::sort(placed, {}, &PlacedFile::path);
  return placed;
}

}  // namespace forkjail::zygote
