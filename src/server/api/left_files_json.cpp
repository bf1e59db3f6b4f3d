#include "server/api/left_files_json.h"

#include <algorithm>
#include <numeric>

#include "base/base64.h"
#include "json/text.h"
#include "json/utf8.h"
#include "server/api/media_types.h"

namespace forkjail::server {

std::size_t content_bytes(const std::vector<protocol::LeftFile>& files) {
  return std::accumulate(files.begin(), files.end(), std::size_t{0},
                         [](std::size_t sum, const protocol::LeftFile& file) {
                           return sum + (file.content ? file.content->size() : 0);
                         });
}

bool LeftFilesJson::step(std::size_t bytes_max) {
  if (in_content_) {
    append_content(*files_.at(next_ - 1).content, bytes_max);
    return true;
  }
  if (next_ == files_.size()) {
    out_ += next_ == 0 ? "[]" : "]";
    return false;
  }
  out_ += next_ == 0 ? "[" : ",";
  begin(files_.at(next_++));
  return true;
}

void LeftFilesJson::begin(const protocol::LeftFile& file) {
  is_text_ = file.content && json::is_utf8_text(*file.content);
  out_ += '{';
  json::append_key(out_, "path");
  json::append_string(out_, file.path);
  json::append_key(out_, "size");
  out_ += std::to_string(file.size);
  json::append_key(out_, "media_type");
  json::append_string(out_, media_type_of(file.path, is_text_));
  if (!file.content) {
    out_ += '}';
    return;
  }
  json::append_key(out_, is_text_ ? "content" : "content_base64");
  out_ += '"';
  in_content_ = true;
  content_at_ = 0;
}

void LeftFilesJson::append_content(std::string_view content, std::size_t bytes_max) {
  const std::string_view slice = content.substr(content_at_, bytes_max);
  if (is_text_) {
    json::append_escaped(out_, slice);
  } else {
    append_base64(out_, slice);
  }
  content_at_ += slice.size();
  in_content_ = content_at_ < content.size();
  if (!in_content_) out_ += "\"}";
}

}  // namespace forkjail::server
