#include "server/mcp/era.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "json/text.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kVersionMember = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view kCapabilitiesMember = "io.modelcontextprotocol/clientCapabilities";

// Methods whose name goes into a header too, and the member that has it.
struct NamedMethod {
  std::string_view method;
  std::string_view member;
};
constexpr std::array kNamedMethods{NamedMethod{"tools/call", "name"},
                                   NamedMethod{"resources/read", "uri"},
                                   NamedMethod{"prompts/get", "name"}};

bool is_legacy(std::string_view version) {
  return std::ranges::find(kLegacyVersions, version) != kLegacyVersions.end();
}

RpcError mismatch(std::string_view header, std::string_view why) {
  return {kHeaderMismatch, std::string(header).append(": ").append(why), 400};
}

RpcError missing(std::string_view meta_member) {
  return {kInvalidParams, "params._meta." + std::string(meta_member) + ": is missing", 400};
}

RpcError unsupported(std::string_view version) {
  std::string data = R"({"supported":)" + versions_json();
  json::append_key(data, "requested");
  json::append_string(data, version);
  return {kUnsupportedVersion, "the service does not speak this version of the protocol", 400,
          data + "}"};
}

std::optional<RpcError> check_names(const Message& message, const ProtocolHeaders& headers) {
  if (headers.method.empty()) return mismatch("Mcp-Method", "the header is missing");
  if (headers.method != message.method) {
    return mismatch("Mcp-Method", "differs from the body's method");
  }
  const auto* const row =
      std::ranges::find(kNamedMethods, std::string_view(message.method), &NamedMethod::method);
  if (row == kNamedMethods.end()) return std::nullopt;
  const auto name = text_of(message.params().if_contains(row->member));
  if (!name) return std::nullopt;  // the method says what is wrong
  if (headers.name.empty()) return mismatch("Mcp-Name", "the header is missing");
  if (decoded_header(headers.name) != *name) {
    return mismatch("Mcp-Name", "differs from the body's params." + std::string(row->member));
  }
  return std::nullopt;
}

std::optional<RpcError> check_modern(const Message& message, const ProtocolHeaders& headers) {
  const auto version = text_of(meta_of(message, kVersionMember));
  if (!version) {
    return missing(kVersionMember);
  }
  if (headers.version.empty()) return mismatch("MCP-Protocol-Version", "the header is missing");
  if (headers.version != *version) {
    return mismatch("MCP-Protocol-Version", "differs from the body's _meta");
  }
  if (*version != kModernVersion) return unsupported(*version);
  const auto* const capabilities = meta_of(message, kCapabilitiesMember);
  if (capabilities == nullptr || !capabilities->is_object()) {
    return missing(kCapabilitiesMember);
  }
  return check_names(message, headers);
}

}  // namespace

const boost::json::value* meta_of(const Message& message, std::string_view name) {
  const auto* const meta = message.params().if_contains("_meta");
  return meta == nullptr || !meta->is_object() ? nullptr : meta->get_object().if_contains(name);
}

std::variant<Era, RpcError> era_of(const Message& message, const ProtocolHeaders& headers) {
  const bool says_version = meta_of(message, kVersionMember) != nullptr;
  const bool old_header = headers.version.empty() || is_legacy(headers.version);
  if (old_header && !says_version) return Era::legacy;
  if (!old_header && headers.version != kModernVersion && !says_version) {
    return unsupported(headers.version);
  }
  if (message.kind != MessageKind::request) return Era::modern;  // no rules for its headers
  if (auto error = check_modern(message, headers)) return *std::move(error);
  return Era::modern;
}

std::string versions_json() {
  std::string json = "[";
  json::append_string(json, kModernVersion);
  for (const std::string_view version : kLegacyVersions) {
    json += ",";
    json::append_string(json, version);
  }
  return json + "]";
}

std::string_view negotiated_version(std::string_view requested) {
  const auto* const known = std::ranges::find(kLegacyVersions, requested);
  return known == kLegacyVersions.end() ? kLegacyVersions.front() : *known;
}

std::string decoded_header(std::string_view value) {
  constexpr std::string_view kStart = "=?base64?";
  constexpr std::string_view kEnd = "?=";
  if (value.size() < kStart.size() + kEnd.size() || !value.starts_with(kStart) ||
      !value.ends_with(kEnd)) {
    return std::string(value);
  }
  value.remove_prefix(kStart.size());
  value.remove_suffix(kEnd.size());
  Base64Check check;
  check.add(value);
  std::string text;
  if (check.valid()) append_base64_decoded(text, value);
  return text;
}

}  // namespace forkjail::server::mcp
