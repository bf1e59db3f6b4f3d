#include "server/api/answer_turns.h"

#include "base/limits.h"
#include "json/text.h"
#include "server/api/left_files_json.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kSliceBytes = 96 * kKiB;  // a multiple of 3, as base64 needs it
constexpr std::size_t kSmallBytes = 64 * kKiB;
static_assert(kSliceBytes % 3 == 0);

// The object's closing brace goes, and comes back behind the new member.
void open_member(std::string& body) {
  body.pop_back();
  json::append_key(body, "files");
}

void add_at_once(std::string& body, const RunFiles& files) {
  open_member(body);
  LeftFilesJson json(files.files, body);
  while (json.step(kSliceBytes)) {
  }
  body += '}';
}

}  // namespace

Task<void> AnswerTurns::add_files(std::string& body, const RunFiles& files,
                                  Interruption& interruption) {
  const std::size_t bytes = content_bytes(files.files);
  if (bytes <= kSmallBytes) {
    add_at_once(body, files);
    co_return;
  }
  const auto pass = co_await large_.enter(interruption);
  if (!pass) co_return;
  body.reserve(body.size() + bytes + bytes / 3);
  open_member(body);
  LeftFilesJson json(files.files, body);
  while (json.step(kSliceBytes)) co_await large_.rest();
  body += '}';
}

}  // namespace forkjail::server
