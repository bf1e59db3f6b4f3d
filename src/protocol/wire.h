// Fixed-size messages as bytes, within one machine: host byte order, no implicit padding.
#pragma once

#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace forkjail::protocol {

template <typename T>
concept WireStruct = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

template <WireStruct T>
std::span<const std::byte> as_wire(const T& message) {
  return std::as_bytes(std::span(&message, 1));
}

// The message at the start of `bytes`. Empty if there are too few bytes.
template <WireStruct T>
std::optional<T> from_wire(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T message;
  std::memcpy(&message, bytes.data(), sizeof message);
  return message;
}

// A message followed by text, as one packet; and that text.
template <WireStruct T>
std::vector<std::byte> with_text(const T& message, std::string_view text) {
  std::vector<std::byte> bytes(sizeof message + text.size());
  std::memcpy(bytes.data(), &message, sizeof message);
  text.copy(reinterpret_cast<char*>(bytes.data()) + sizeof message, text.size());
  return bytes;
}
template <WireStruct T>
std::string_view text_behind(std::span<const std::byte> bytes) {
  if (bytes.size() <= sizeof(T)) return {};
  return {reinterpret_cast<const char*>(bytes.data()) + sizeof(T), bytes.size() - sizeof(T)};
}

}  // namespace forkjail::protocol
