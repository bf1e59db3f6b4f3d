// Which compressed form of a file a client takes, by its Accept-Encoding. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace forkjail::server {

enum class ContentCoding : std::uint8_t { identity, gzip, brotli };

// As the field Content-Encoding has it; empty for identity.
[[nodiscard]] std::string_view name_of(ContentCoding coding);

// The smallest that `accept_encoding` does not refuse. Without the field, or where it cannot be
// read, it is identity, which every client takes.
[[nodiscard]] ContentCoding choose_coding(std::string_view accept_encoding);

}  // namespace forkjail::server
