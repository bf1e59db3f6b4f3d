#include "json/writer.h"

#include "json/text.h"

namespace forkjail::json {

void Writer::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_element_.empty()) return;
  if (has_element_.back()) text_.push_back(',');
  has_element_.back() = true;
}

void Writer::open(char bracket) {
  separate();
  text_.push_back(bracket);
  has_element_.push_back(false);
}

void Writer::close(char bracket) {
  text_.push_back(bracket);
  has_element_.pop_back();
}

void Writer::text_part(std::string_view part) {
  if (!in_text_) {
    separate();
    text_.push_back('"');
    in_text_ = true;
  }
  append_escaped(text_, part);
}

void Writer::text_end(std::string_view part) {
  text_part(part);
  text_.push_back('"');
  in_text_ = false;
}

}  // namespace forkjail::json
