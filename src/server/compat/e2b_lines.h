// The lines of an answer of E2B's code interpreter: one JSON object each. Pure.
//
// All characters beyond ASCII are escaped: E2B's JavaScript client decodes each piece of an answer
// by itself, and its Python client takes U+0085 and U+2028 for ends of lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/run/outcome.h"
#include "server/run/run_events.h"

namespace forkjail::server {

inline constexpr std::string_view kE2bKeepAlive = "{\"type\":\"keepalive\"}\n";
inline constexpr std::string_view kE2bEnd = "{\"type\":\"end_of_execution\"}\n";

[[nodiscard]] std::string e2b_count_line(std::uint32_t executions);
// `timestamp_ns`: since the epoch.
[[nodiscard]] std::string e2b_text_line(OutputStream stream, std::string_view text,
                                        std::int64_t timestamp_ns);
// Of a mime bundle, a checked JSON object.
[[nodiscard]] std::string e2b_result_line(std::string_view bundle_json);

// As a notebook shows an error.
struct E2bError {
  std::string name;
  std::string value;
  std::string traceback;
};
[[nodiscard]] E2bError e2b_error_of(const Failed& failed);
[[nodiscard]] std::string e2b_error_line(const E2bError& error);

// Appends valid JSON text on one line, with \uXXXX for what is not ASCII.
void append_ascii_json(std::string& out, std::string_view json);

}  // namespace forkjail::server
