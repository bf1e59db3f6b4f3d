// The address of a session's file as a resource: forkjail://sessions/{id}/files/{path}. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace forkjail::server::mcp {

inline constexpr std::string_view kSessionFileTemplate =
    "forkjail://sessions/{session_id}/files/{+path}";

struct SessionFile {
  std::string session;
  std::string path;
};

[[nodiscard]] std::string uri_of(std::string_view session, std::string_view path);
// Empty: it is not such an address.
[[nodiscard]] std::optional<SessionFile> session_file_of(std::string_view uri);

}  // namespace forkjail::server::mcp
