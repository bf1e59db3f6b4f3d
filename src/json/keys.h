// Finds a key that occurs twice in one object, for objects nested in one another, at the moment
// when a parser meets it. A key costs its hash and one look: no choice of keys makes it slow, and
// no object's end has anything left to do. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "json/fingerprint_set.h"
#include "json/sip_hash.h"

namespace forkjail::json {

class Keys {
 public:
  explicit Keys(const HashSecret& secret) : fresh_(secret), key_(fresh_) {}

  void object_begin() { objects_.push_back({.first = few_.size(), .many = nullptr}); }
  void object_end() {
    few_.resize(objects_.back().first);
    objects_.pop_back();
  }

  // A key comes in parts.
  void key_part(std::string_view part) { key_.update(part); }
  // False: the innermost object holds this key already.
  [[nodiscard]] bool key_end() { return insert(std::exchange(key_, fresh_).finish()); }

 private:
  static constexpr std::size_t kFew = 16;  // that are looked through one by one

  struct Object {
    std::size_t first;  // of its keys in few_
    std::unique_ptr<FingerprintSet> many;
  };

  [[nodiscard]] bool insert(const Fingerprint& print) {
    Object& object = objects_.back();
    if (object.many != nullptr) return object.many->insert(print);
    const auto first = few_.begin() + static_cast<std::ptrdiff_t>(object.first);
    if (std::find(first, few_.end(), print) != few_.end()) return false;
    few_.push_back(print);
    if (few_.size() - object.first > kFew) move_to_set(object);
    return true;
  }

  void move_to_set(Object& object) {
    object.many = std::make_unique<FingerprintSet>();
    for (std::size_t i = object.first; i < few_.size(); ++i) (void)object.many->insert(few_[i]);
    few_.resize(object.first);
  }

  const SipHash fresh_;
  SipHash key_;                   // of the key that is being read
  std::vector<Fingerprint> few_;  // of all open objects with few keys, innermost last
  std::vector<Object> objects_;   // the open ones
};

}  // namespace forkjail::json
