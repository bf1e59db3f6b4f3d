// The request's `files`: an array of {path, content, encoding}, taken as a parser walks it. Checks
// names and sizes; contents go to the cell as they were sent. What one event costs is bounded by
// the bytes that it brings. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "protocol/file_block.h"
#include "server/api/request_decoder.h"
#include "server/api/request_fields.h"

namespace forkjail::server {

enum class FileMember : unsigned { path, content, encoding };

struct FileMemberRow {
  FileMember member;
  std::string_view name;
  std::string_view description;
  bool required = false;                         // else null is the same as leaving it out
  std::size_t bytes_max = 0;                     // 0: what all files together may have
  std::span<const std::string_view> words = {};  // the only strings
};

// In the order of FileMember. All are strings.
[[nodiscard]] std::span<const FileMemberRow> file_member_rows();

class FileFields {
 public:
  using Problem = std::optional<RequestError>;  // empty: none

  // One file's object. Its members come between, in any order.
  [[nodiscard]] Problem begin_file();
  [[nodiscard]] Problem end_file();

  [[nodiscard]] Problem begin_member(std::string_view name);
  [[nodiscard]] Problem take_type(JsonType type) const;  // of the member that has begun
  [[nodiscard]] Problem text_part(std::string_view part);
  [[nodiscard]] Problem text_end();

  // Once, behind the last file: what only all of them together show.
  [[nodiscard]] Problem finish() const;

  void reserve(std::size_t bytes) { block_.reserve(bytes); }
  [[nodiscard]] std::string take_block() { return block_.take(); }

  // "files[3]", or "files[3].path" inside a member.
  [[nodiscard]] std::string where() const;

 private:
  using Member = FileMember;

  [[nodiscard]] RequestError wrong(std::string_view what) const;

  protocol::FileBlockWriter block_;
  std::vector<std::string> paths_;  // of the files that ended, by index
  std::size_t bytes_ = 0;           // decoded, of the files that ended
  std::size_t count_ = 0;           // of files that began
  std::optional<Member> member_;
  std::string path_;
  std::string encoding_name_;
  Base64Check base64_;
  bool has_content_ = false;
};

// What is wrong with a path from the working directory; empty: nothing.
[[nodiscard]] std::string_view path_problem(std::string_view path);

}  // namespace forkjail::server
