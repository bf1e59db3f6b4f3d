// Finds a key that occurs twice in one object, for objects nested in one another, while a parser
// walks over them. Sorting instead of hashing: no choice of keys makes it slow.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkjail::server {

class JsonKeys {
 public:
  void object_begin() { objects_.push_back({keys_.size(), bytes_.size()}); }

  void key_part(std::string_view part) { bytes_.append(part); }
  void key_end() { keys_.push_back({key_begin(), bytes_.size()}); }

  // Closes the innermost object. The key that it holds twice, if any.
  [[nodiscard]] std::optional<std::string> object_end() {
    const Object object = objects_.back();
    objects_.pop_back();
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(object.first_key);
    const auto text = [this](const Key& key) {
      return std::string_view(bytes_).substr(key.begin, key.end - key.begin);
    };
    std::sort(first, keys_.end(), [&](const Key& a, const Key& b) { return text(a) < text(b); });
    const auto twice = std::adjacent_find(
        first, keys_.end(), [&](const Key& a, const Key& b) { return text(a) == text(b); });
    std::optional<std::string> duplicate;
    if (twice != keys_.end()) duplicate = std::string(text(*twice));
    keys_.resize(object.first_key);
    bytes_.resize(object.first_byte);
    return duplicate;
  }

 private:
  struct Key {
    std::size_t begin;
    std::size_t end;
  };
  struct Object {
    std::size_t first_key;
    std::size_t first_byte;
  };

  [[nodiscard]] std::size_t key_begin() const {
    const std::size_t first_key = objects_.back().first_key;
    return keys_.size() > first_key ? keys_.back().end : objects_.back().first_byte;
  }

  std::string bytes_;            // the keys of all open objects, innermost last
  std::vector<Key> keys_;        // the same order; an object's keys are dropped when it closes
  std::vector<Object> objects_;  // the open objects
};

}  // namespace forkjail::server
