// The arguments of a tool's call, checked by name and type against the tool's row. The first
// problem stays and is told to the model, which can call again. Pure
// (tests/fuzz/mcp_message_fuzz.cpp).
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/file_block.h"
#include "server/mcp/tool_table.h"

namespace forkjail::server::mcp {

class ToolArguments {
 public:
  // Both outlive it.
  ToolArguments(const boost::json::object& given, const ToolRow& tool, bool has_sessions);

  // "code: is missing"; empty: all is right.
  [[nodiscard]] const std::string& problem() const { return problem_; }

  // Of an argument that is not given: empty. Null counts as not given.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  // Of `files`: views into what was given.
  [[nodiscard]] std::vector<protocol::FileView> files() const;
  [[nodiscard]] protocol::FileEncoding encoding() const;

 private:
  void check_names(const ToolRow& tool, bool has_sessions);
  void check(const ArgumentRow& row);
  void check_files(const boost::json::value& value);
  void note(std::string_view name, std::string_view what);

  const boost::json::object& given_;
  std::string problem_;
};

}  // namespace forkjail::server::mcp
