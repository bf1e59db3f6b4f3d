#include "server/run/left_contents.h"

#include <algorithm>
#include <tuple>

namespace forkjail::server {

void keep_smallest_contents(std::vector<protocol::LeftFile>& files, std::uint64_t bytes_max) {
  std::vector<protocol::LeftFile*> with_content;
  for (protocol::LeftFile& file : files) {
    if (file.content) with_content.push_back(&file);
  }
  std::ranges::sort(with_content, {}, [](const protocol::LeftFile* file) {
    return std::tuple<std::size_t, const std::string&>(file->content->size(), file->path);
  });
  for (protocol::LeftFile* file : with_content) {
    if (file->content->size() <= bytes_max) {
      bytes_max -= file->content->size();
    } else {
      bytes_max = 0;
      file->content.reset();
    }
  }
}

}  // namespace forkjail::server
