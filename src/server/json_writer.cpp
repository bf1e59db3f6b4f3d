#include "server/json_writer.h"

#include "server/json_text.h"

namespace forkjail::server {

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_element_.empty()) return;
  if (has_element_.back()) text_.push_back(',');
  has_element_.back() = true;
}

void JsonWriter::open(char bracket) {
  separate();
  text_.push_back(bracket);
  has_element_.push_back(false);
}

void JsonWriter::close(char bracket) {
  text_.push_back(bracket);
  has_element_.pop_back();
}

void JsonWriter::text_part(std::string_view part) {
  if (!in_text_) {
    separate();
    text_.push_back('"');
    in_text_ = true;
  }
  append_json_escaped(text_, part);
}

void JsonWriter::text_end(std::string_view part) {
  text_part(part);
  text_.push_back('"');
  in_text_ = false;
}

}  // namespace forkjail::server
