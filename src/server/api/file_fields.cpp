#include "server/api/file_fields.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/enum_rows.h"
#include "base/limits.h"
#include "server/api/name_texts.h"

namespace forkjail::server {
namespace {

using Member = FileMember;

constexpr std::array<std::string_view, 2> kEncodingNames{"utf-8", "base64"};
constexpr std::array kMembers{
    FileMemberRow{.member = Member::path,
                  .name = "path",
                  .description = "Relative to the working directory; folders are made.",
                  .required = true,
                  .bytes_max = kFilePathBytesMax},
    FileMemberRow{.member = Member::content,
                  .name = "content",
                  .description = "The file's text, or its bytes in base64.",
                  .required = true},
    FileMemberRow{.member = Member::encoding,
                  .name = "encoding",
                  .description = "How `content` is written; utf-8 if absent.",
                  .words = kEncodingNames},
};
static_assert(rows_in_order(kMembers, &FileMemberRow::member));
constexpr std::size_t kShownPathMax = 200;

const FileMemberRow& row_of(Member member) { return kMembers.at(static_cast<std::size_t>(member)); }

constexpr std::string_view kMegabytes = "10 MB";
static_assert(kFilesBytesMax == 10 * kMiB);

// The order in which the paths in a folder follow the folder's own name at once.
bool stands_before(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(
      a, b, {}, [](char c) { return c == '/' ? 0 : c; }, [](char c) { return c == '/' ? 0 : c; });
}

// How many folders have to be made for `path` when those of `made` are there.
std::size_t new_folders(std::string_view made, std::string_view path) {
  const auto differs = std::ranges::mismatch(made, path).in2;
  return static_cast<std::size_t>(std::count(differs, path.end(), '/'));
}

bool is_folder_of(std::string_view folder, std::string_view path) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

std::span<const FileMemberRow> file_member_rows() { return kMembers; }

std::string_view path_problem(std::string_view path) {
  if (path.empty()) return "must not be empty";
  if (path.size() > kFilePathBytesMax) return "longer than 1024 bytes";
  if (path.starts_with('/')) return "must be relative to the working directory";
  if (path.find('\0') != std::string_view::npos) return "must not contain NUL";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part == "..") return "must not contain \"..\"";
    if (part.empty() || part == ".") return "must not contain empty parts or \".\"";
    if (part.size() > kFileNameBytesMax) return "a part is longer than 255 bytes";
    at = end + 1;
  }
  return {};
}

std::string FileFields::where() const {
  std::string text = "files[" + std::to_string(count_ == 0 ? 0 : count_ - 1) + "]";
  if (member_) text.append(".").append(row_of(*member_).name);
  return text;
}

RequestError FileFields::wrong(std::string_view what) const {
  return {400, where() + ": " + std::string(what)};
}

FileFields::Problem FileFields::begin_file() {
  if (count_ == kFilesMax) {
    return RequestError{413, "files: at most " + std::to_string(kFilesMax) + " files"};
  }
  ++count_;
  member_.reset();
  path_.clear();
  encoding_name_.clear();
  base64_ = {};
  has_content_ = false;
  block_.begin();
  return std::nullopt;
}

FileFields::Problem FileFields::begin_member(std::string_view name) {
  const auto* const found = std::ranges::find(kMembers, name, &FileMemberRow::name);
  if (found == kMembers.end()) {
    member_.reset();
    return wrong("unknown field " + in_quotes(name, kShownPathMax) +
                 "; known fields: " + names_of(file_member_rows()));
  }
  member_ = found->member;
  return std::nullopt;
}

FileFields::Problem FileFields::take_type(JsonType type) const {
  if (type == JsonType::string) return std::nullopt;
  if (type == JsonType::null && member_ && !row_of(*member_).required) return std::nullopt;
  return wrong("expected a string, got " + std::string(with_article(type)));
}

FileFields::Problem FileFields::text_part(std::string_view part) {
  if (member_ == Member::content) {
    base64_.add(part);
    block_.append(part);
    return std::nullopt;
  }
  std::string& text = member_ == Member::path ? path_ : encoding_name_;
  text.append(part.substr(0, kFilePathBytesMax + 1 - std::min(text.size(), kFilePathBytesMax + 1)));
  return std::nullopt;
}

FileFields::Problem FileFields::text_end() {
  has_content_ = has_content_ || member_ == Member::content;
  if (member_ == Member::path) {
    if (const auto problem = path_problem(path_); !problem.empty()) return wrong(problem);
  }
  if (member_ == Member::encoding &&
      std::ranges::find(kEncodingNames, encoding_name_) == kEncodingNames.end()) {
    return wrong(in_quotes(encoding_name_, kShownPathMax) +
                 " is unknown; use \"utf-8\" or \"base64\"");
  }
  return std::nullopt;
}

FileFields::Problem FileFields::end_file() {
  member_.reset();
  if (path_.empty()) return wrong("path is missing");
  if (!has_content_) return wrong("content is missing; send a string");
  const bool is_base64 = encoding_name_ == "base64";
  member_ = Member::content;
  if (is_base64 && !base64_.valid()) {
    return wrong("not valid base64 (RFC 4648, with padding)");
  }
  bytes_ += is_base64 ? base64_.decoded_bytes() : block_.content_bytes();
  if (bytes_ > kFilesBytesMax) {
    return RequestError{413, "files: larger than " + std::string(kMegabytes) + " in all"};
  }
  block_.end(path_, is_base64 ? protocol::FileEncoding::base64 : protocol::FileEncoding::utf8);
  paths_.push_back(std::move(path_));
  member_.reset();
  return std::nullopt;
}

FileFields::Problem FileFields::finish() const {
  std::vector<std::size_t> order(paths_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, stands_before,
                    [this](std::size_t i) -> std::string_view { return paths_.at(i); });
  std::string_view before;
  std::size_t inodes = paths_.size();
  for (const std::size_t i : order) {
    const std::string_view path = paths_.at(i);
    const std::string place =
        "files[" + std::to_string(i) + "].path: " + in_quotes(path, kShownPathMax);
    if (path == before) return RequestError{400, place + " stands there twice"};
    if (!before.empty() && is_folder_of(before, path)) {
      return RequestError{
          400, place + " is below " + in_quotes(before, kShownPathMax) + ", which is a file"};
    }
    inodes += new_folders(before, path);
    before = path;
  }
  if (inodes <= kFileInodesMax) return std::nullopt;
  return RequestError{
      413, "files: at most " + std::to_string(kFileInodesMax) + " files and folders in all"};
}

}  // namespace forkjail::server
