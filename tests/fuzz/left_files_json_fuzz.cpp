// Files that a cell says to have left, as JSON: valid whatever their names and contents are, and
// the same in slices of any size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "json/check.h"
#include "server/api/left_files_json.h"

using namespace forkjail;

namespace {

std::string written(const std::vector<protocol::LeftFile>& files, std::size_t slice) {
  std::string json;
  server::LeftFilesJson writer(files, json);
  while (writer.step(slice)) {
  }
  return json;
}

// Of each file: a byte for the length of its path, the path, the same for its content.
std::vector<protocol::LeftFile> files_from(std::string_view bytes) {
  const auto take = [&bytes] {
    const std::size_t length = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(std::min<std::size_t>(1, bytes.size()));
    const std::string_view part = bytes.substr(0, length);
    bytes.remove_prefix(part.size());
    return std::string(part);
  };
  std::vector<protocol::LeftFile> files;
  while (!bytes.empty()) {
    protocol::LeftFile file;
    file.path = take();
    file.size = file.path.size() << 40U;
    if (!bytes.empty()) file.content = take();
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = files_from({reinterpret_cast<const char*>(data), size});
  const std::string whole = written(files, 3'000);
  FORKJAIL_CHECK(json::is_valid(whole, 4));
  FORKJAIL_CHECK(written(files, 3) == whole);
  return 0;
}
