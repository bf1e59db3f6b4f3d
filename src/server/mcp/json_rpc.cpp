#include "server/mcp/json_rpc.h"

#include <utility>

#include "json/text.h"

namespace forkjail::server::mcp {
namespace {

FaultyMessage faulty(std::string message, std::string id = {}) {
  return {{kInvalidRequest, std::move(message), 400}, std::move(id)};
}

// The start of each message; what is special about it follows.
std::string opened(std::string_view id) {
  std::string text = R"({"jsonrpc":"2.0")";
  if (!id.empty()) text.append(R"(,"id":)").append(id);
  return text;
}

void append_call(std::string& text, std::string_view method, std::string_view params) {
  json::append_key(text, "method");
  json::append_string(text, method);
  json::append_key(text, "params");
  text.append(params).append("}");
}

}  // namespace

std::optional<std::string> id_text(const boost::json::value& value) {
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  if (!value.is_string() || value.get_string().size() > kIdBytesMax) return std::nullopt;
  std::string text;
  json::append_string(text, *text_of(&value));
  return text;
}

std::optional<std::string_view> text_of(const boost::json::value* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const boost::json::string& text = value->get_string();
  return std::string_view(text.data(), text.size());
}

const boost::json::object& Message::params() const {
  static const boost::json::object none;
  const auto* const params = document.get_object().if_contains("params");
  return params == nullptr ? none : params->get_object();
}

std::variant<Message, FaultyMessage> decode_message(boost::json::value document) {
  if (document.is_array())
    return faulty("batches are not supported: each message needs a request of its own");
  if (!document.is_object()) return faulty("the body must be a JSON-RPC message, an object");
  const auto& object = document.get_object();
  Message message;
  if (const auto* const id = object.if_contains("id")) {
    auto text = id_text(*id);
    if (!text) return faulty("id: must be an integer or a string of at most 1024 bytes");
    message.id = *std::move(text);
  }
  if (text_of(object.if_contains("jsonrpc")) != "2.0") {
    return faulty(R"(jsonrpc: must be "2.0")", message.id);
  }
  if (const auto* const method = object.if_contains("method")) {
    const auto name = text_of(method);
    if (!name) return faulty("method: must be a string", message.id);
    message.method = *name;
    if (message.id.empty()) message.kind = MessageKind::notification;
  } else {
    const bool answers = object.contains("result") || object.contains("error");
    if (message.id.empty() || !answers) return faulty("method: is missing", message.id);
    message.kind = MessageKind::response;
  }
  const auto* const params = object.if_contains("params");
  if (params != nullptr && !params->is_object()) {
    return faulty("params: must be an object", message.id);
  }
  message.document = std::move(document);
  return message;
}

std::string result_text(std::string_view id, std::string_view result) {
  std::string text = opened(id);
  text.reserve(text.size() + result.size() + 12);
  json::append_key(text, "result");
  return text.append(result).append("}");
}

std::string error_text(std::string_view id, const RpcError& error) {
  std::string text = opened(id);
  json::append_key(text, "error");
  text += "{";
  json::append_key(text, "code");
  text += std::to_string(error.code);
  json::append_key(text, "message");
  json::append_string(text, error.message);
  if (!error.data.empty()) {
    json::append_key(text, "data");
    text += error.data;
  }
  return text + "}}";
}

std::string notification_text(std::string_view method, std::string_view params) {
  std::string text = opened({});
  append_call(text, method, params);
  return text;
}

std::string request_text(std::string_view id, std::string_view method, std::string_view params) {
  std::string text = opened(id);
  append_call(text, method, params);
  return text;
}

}  // namespace forkjail::server::mcp
