// The Date header's text, formatted once a second.
#pragma once

#include <array>
#include <ctime>
#include <string_view>

namespace forkjail::http {

class Date {
 public:
  [[nodiscard]] std::string_view now() {
    const std::time_t seconds = std::time(nullptr);
    if (seconds != formatted_at_) {
      std::tm utc{};
      ::gmtime_r(&seconds, &utc);
      length_ = std::strftime(text_.data(), text_.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
      formatted_at_ = seconds;
    }
    return {text_.data(), length_};
  }

 private:
  std::time_t formatted_at_ = -1;
  std::size_t length_ = 0;
  std::array<char, 40> text_{};
};

}  // namespace forkjail::http
