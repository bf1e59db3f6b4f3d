#include "server/mcp/made_files.h"

#include <cstddef>
#include <string>

#include "json/utf8.h"
#include "server/api/media_types.h"
#include "server/mcp/session_uri.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::size_t kNamedMax = 50;
constexpr std::size_t kShownBytesMax = 4 * kKiB;  // of one text
constexpr std::size_t kAllShownBytesMax = 16 * kKiB;
constexpr std::size_t kPicturesMax = 4;
constexpr std::size_t kPictureBytesMax = kMiB;

bool is_picture(std::string_view media_type) {
  return media_type == "image/png" || media_type == "image/jpeg" || media_type == "image/gif" ||
         media_type == "image/webp";
}

std::string_view type_of(const protocol::LeftFile& file) {
  return media_type_of(file.path, file.content && json::is_utf8_text(*file.content));
}

std::string names_of(const RunFiles& files) {
  std::string text = "Files made:";
  std::size_t named = 0;
  for (const auto& file : files.files) {
    if (named++ == kNamedMax) break;
    text.append("\n- ").append(file.path).append(" (").append(type_of(file)).append(", ");
    text.append(std::to_string(file.size)).append(" bytes)");
  }
  if (files.files.size() > kNamedMax || files.truncated) text += "\n- and more";
  return text;
}

// Shows texts that are small, as long as there is room for them.
class SmallTexts {
 public:
  bool take(ToolResult& result, const protocol::LeftFile& file) {
    if (!file.content || file.content->size() > kShownBytesMax || file.content->size() > room_ ||
        !json::is_utf8_text(*file.content)) {
      return false;
    }
    room_ -= file.content->size();
    result.add_text(file.path + ":\n" + *file.content);
    return true;
  }

 private:
  std::size_t room_ = kAllShownBytesMax;
};

}  // namespace

void add_made_files(ToolResult& result, const RunFiles& files, std::string_view session,
                    bool with_pictures) {
  if (files.files.empty()) return;
  std::string names = names_of(files);
  if (session.empty()) names += "\nThey are gone now: run in a session to keep files.";
  result.add_text(names);
  SmallTexts texts;
  std::size_t pictures = 0;
  std::size_t linked = 0;
  for (const auto& file : files.files) {
    if (texts.take(result, file)) continue;
    if (!session.empty() && linked++ < kNamedMax) {
      result.add_link(uri_of(session, file.path), file.path, type_of(file), file.size);
    } else if (with_pictures && file.content && is_picture(type_of(file)) &&
               file.content->size() <= kPictureBytesMax && pictures++ < kPicturesMax) {
      result.add_image_bytes(*file.content, type_of(file));
    }
  }
}

}  // namespace forkjail::server::mcp
