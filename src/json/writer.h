// Writes JSON text again from parser events, numbers as they stood in the source: a big integer or
// a long fraction comes out exactly as it went in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forkjail::json {

class Writer {
 public:
  void array_begin() { open('['); }
  void array_end() { close(']'); }
  void object_begin() { open('{'); }
  void object_end() { close('}'); }

  // Room for so much text, so that it is not copied again as it grows.
  void reserve(std::size_t bytes) { text_.reserve(bytes); }

  // A key, a string or a number comes in parts; the last one ends it.
  void key_part(std::string_view part) { text_part(part); }
  void key_end(std::string_view part) {
    text_end(part);
    text_.push_back(':');
    after_key_ = true;
  }
  void string_part(std::string_view part) { text_part(part); }
  void string_end(std::string_view part) { text_end(part); }

  void number_part(std::string_view part) {
    if (!std::exchange(in_number_, true)) separate();
    text_.append(part);
  }
  void number_end(std::string_view part) {
    number_part(part);
    in_number_ = false;
  }

  void literal(std::string_view text) {
    separate();
    text_.append(text);
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);
  void text_part(std::string_view part);
  void text_end(std::string_view part);

  std::string text_;
  std::vector<bool> has_element_;  // one for each open array and object
  bool after_key_ = false;
  bool in_text_ = false;
  bool in_number_ = false;
};

}  // namespace forkjail::json
