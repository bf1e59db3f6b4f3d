#include "server/mcp/tool_arguments.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <span>

#include "base/limits.h"
#include "server/api/nearest_name.h"
#include "server/mcp/json_rpc.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::size_t kNameBytesShown = 64;
constexpr std::string_view kBase64 = "base64";
constexpr std::array<std::string_view, 2> kEncodings{"utf-8", kBase64};
constexpr std::array<std::string_view, 3> kFileMembers{"path", "content", "encoding"};

bool is_encoding(const boost::json::value& value) {
  const auto text = text_of(&value);
  return text && std::ranges::find(kEncodings, *text) != kEncodings.end();
}

protocol::FileEncoding encoding_of(const boost::json::value* value) {
  return text_of(value) == kBase64 ? protocol::FileEncoding::base64 : protocol::FileEncoding::utf8;
}

double number_of(const boost::json::value& value) {
  return value.is_number() ? value.to_number<double>() : 0;
}

std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

// "run_python takes code and files"
std::string arguments_of(const ToolRow& tool, std::span<const std::string_view> names) {
  std::string text = std::string(tool.name) + " takes ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

// What is wrong with one file; empty: nothing.
std::string_view file_problem(const boost::json::value& value) {
  if (!value.is_object()) return "must be an object with path and content";
  const auto& file = value.get_object();
  for (const auto& [name, member] : file) {
    if (std::ranges::find(kFileMembers, view(name)) == kFileMembers.end()) {
      return "takes path, content and encoding, nothing else";
    }
  }
  if (!text_of(file.if_contains("path"))) return "needs a path, a string";
  if (!text_of(file.if_contains("content"))) return "needs a content, a string";
  const auto* const encoding = file.if_contains("encoding");
  if (encoding != nullptr && !encoding->is_null() && !is_encoding(*encoding)) {
    return "has an encoding that is neither utf-8 nor base64";
  }
  return {};
}

}  // namespace

ToolArguments::ToolArguments(const boost::json::object& given, const ToolRow& tool,
                             bool has_sessions)
    : given_(given) {
  check_names(tool, has_sessions);
  for (const ArgumentRow& row : tool.arguments) {
    if (row.of_sessions && !has_sessions) continue;
    check(row);
  }
}

void ToolArguments::check_names(const ToolRow& tool, bool has_sessions) {
  std::vector<std::string_view> known;
  for (const ArgumentRow& row : tool.arguments) {
    if (!row.of_sessions || has_sessions) known.push_back(row.name);
  }
  for (const auto& [key, value] : given_) {
    const std::string_view name = view(key);
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string_view near = nearest_name(name, known);
    std::string what = "there is no such argument";
    what += near.empty() ? "; " : "; did you mean " + std::string(near) + "? ";
    return note(name.substr(0, kNameBytesShown), what + arguments_of(tool, known));
  }
}

void ToolArguments::check(const ArgumentRow& row) {
  const auto* const value = given_.if_contains(row.name);
  if (value == nullptr || value->is_null()) {
    if (row.required) note(row.name, "is missing");
    return;
  }
  switch (row.type) {
    case ArgumentType::text:
      if (!value->is_string()) note(row.name, "must be a string");
      break;
    case ArgumentType::number:
      if (!(number_of(*value) > 0)) note(row.name, "must be a number above 0");
      break;
    case ArgumentType::encoding:
      if (!is_encoding(*value)) note(row.name, "must be utf-8 or base64");
      break;
    case ArgumentType::files:
      check_files(*value);
      break;
  }
}

void ToolArguments::check_files(const boost::json::value& value) {
  if (!value.is_array()) return note("files", "must be an array of {path, content, encoding}");
  if (value.get_array().size() > kFilesMax) {
    return note("files", "at most " + std::to_string(kFilesMax) + " files");
  }
  std::size_t index = 0;
  for (const auto& file : value.get_array()) {
    if (const auto problem = file_problem(file); !problem.empty()) {
      return note("files[" + std::to_string(index) + "]", problem);
    }
    ++index;
  }
}

void ToolArguments::note(std::string_view name, std::string_view what) {
  if (problem_.empty()) problem_.append(name).append(": ").append(what);
}

std::string_view ToolArguments::text(std::string_view name) const {
  return text_of(given_.if_contains(name)).value_or(std::string_view());
}

std::optional<double> ToolArguments::number(std::string_view name) const {
  const auto* const value = given_.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return number_of(*value);
}

std::vector<protocol::FileView> ToolArguments::files() const {
  std::vector<protocol::FileView> files;
  const auto* const value = given_.if_contains("files");
  if (value == nullptr || !value->is_array()) return files;
  files.reserve(value->get_array().size());
  for (const auto& one : value->get_array()) {
    const auto& file = one.get_object();
    files.push_back({*text_of(file.if_contains("path")), *text_of(file.if_contains("content")),
                     encoding_of(file.if_contains("encoding"))});
  }
  return files;
}

protocol::FileEncoding ToolArguments::encoding() const {
  return encoding_of(given_.if_contains("encoding"));
}

}  // namespace forkjail::server::mcp
