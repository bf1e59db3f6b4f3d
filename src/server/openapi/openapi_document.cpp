#include "server/openapi/openapi_document.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "server/openapi/answer_schemas.h"
#include "server/openapi/operations.h"

namespace forkjail::server {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kIntroduction =
    "Runs untrusted Python in a fresh, warm sandbox for each request. Every error is JSON with "
    "`error`: one line with what went wrong, where, and what to do. This describes every call but "
    "those of agents, who reach the same runs by the Model Context Protocol at `POST /mcp`, and of "
    "other systems' clients, below `/compat`; they have the errors of their own protocols.";

struct NamedForm {
  RequestForm form;
  std::string_view name;
};
constexpr std::array kForms{NamedForm{RequestForm::execute, "ExecuteRequest"},
                            NamedForm{RequestForm::session_execute, "SessionExecuteRequest"},
                            NamedForm{RequestForm::session, "SessionRequest"}};

object reference_to(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

object content(std::string_view media_type, std::string_view schema) {
  object all;
  all[media_type] = object{{"schema", reference_to(schema)}};
  return all;
}

// A request that everybody can send as it stands; a test does.
object example_of(RequestForm form) {
  switch (form) {
    case RequestForm::execute:
      return {{"script", "def main(name):\n    print('computing')\n    return {'hello': name}\n"},
              {"args", object{{"name", "world"}}}};
    case RequestForm::session_execute:
      return {{"script", "x = 20\nx + 1"}};
    case RequestForm::session:
      return {{"env", object{{"PROJECT", "demo"}}}};
  }
  return {};
}

object body_of(const Operation& operation) {
  if (operation.body == OperationBody::bytes)
    return {{"required", true}, {"content", content("application/octet-stream", "Bytes")}};
  for (const NamedForm& form : kForms) {
    if (form.form != operation.form) continue;
    object body = content("application/json", form.name);
    body["application/json"].as_object()["example"] = example_of(form.form);
    return {{"required", form.form != RequestForm::session}, {"content", std::move(body)}};
  }
  return {};
}

object kind_header() {
  return {{"description",
           "What kind of error it is: one stable word, such as queue_full or exception."},
          {"schema", object{{"type", "string"}}}};
}

// Of every call that needs a key.
constexpr std::array kKeyAnswers{
    OperationAnswer{"401", "The key is missing, unknown or expired.", "Error"},
    OperationAnswer{"429", "The key has more than it may have; Retry-After has the time to wait.",
                    "Error"}};

object answers_of(const Operation& operation, bool needs_key) {
  object all;
  const auto add = [&all](const OperationAnswer& answer) {
    object described{{"description", boost::json::string(answer.description)}};
    if (answer.status.front() >= '4')
      described["headers"] = object{{"Forkjail-Kind", kind_header()}};
    if (!answer.schema.empty()) described["content"] = content(answer.media_type, answer.schema);
    all[answer.status] = std::move(described);
  };
  for (const OperationAnswer& answer : operation.answers) add(answer);
  if (needs_key) std::ranges::for_each(kKeyAnswers, add);
  return all;
}

// A key in either of two headers.
object security_schemes() {
  return {{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}},
          {"api_key", object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}}};
}
array key_needed() { return {object{{"bearer", array{}}}, object{{"api_key", array{}}}}; }

// One for each {name} in the path.
array parameters_of(std::string_view path) {
  array all;
  for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
    const auto name = path.substr(at + 1, path.find('}', at) - at - 1);
    all.push_back(object{{"name", boost::json::string(name)},
                         {"in", "path"},
                         {"required", true},
                         {"schema", object{{"type", "string"}}}});
  }
  return all;
}

object describe(const Operation& operation, bool has_keys) {
  object described{{"operationId", boost::json::string(operation.id)},
                   {"summary", boost::json::string(operation.summary)}};
  if (!operation.description.empty())
    described["description"] = boost::json::string(operation.description);
  if (array parameters = parameters_of(operation.path); !parameters.empty())
    described["parameters"] = std::move(parameters);
  if (operation.body != OperationBody::none) described["requestBody"] = body_of(operation);
  described["responses"] = answers_of(operation, has_keys && !operation.open);
  if (has_keys && operation.open) described["security"] = array{};
  return described;
}

object paths(const ApiFacts& facts) {
  object all;
  for (const Operation& operation : operations()) {
    if (operation.of_sessions && !facts.has_sessions) continue;
    if (operation.of_keys && !facts.has_keys) continue;
    auto& path = all[operation.path];
    if (!path.is_object()) path.emplace_object();
    path.as_object()[operation.method] = describe(operation, facts.has_keys);
  }
  return all;
}

object schemas(const ApiFacts& facts) {
  object all = answer_schemas();
  for (const NamedForm& form : kForms) all[form.name] = request_schema(form.form, facts.maxima);
  return all;
}

}  // namespace

std::string openapi_document(const ApiFacts& facts) {
  object document{{"openapi", "3.1.0"},
                  {"info", object{{"title", "Forkjail"},
                                  {"version", boost::json::string(facts.version)},
                                  {"description", boost::json::string(kIntroduction)}}},
                  {"paths", paths(facts)},
                  {"components", object{{"schemas", schemas(facts)}}}};
  if (facts.has_keys) {
    document["components"].as_object()["securitySchemes"] = security_schemes();
    document["security"] = key_needed();
  }
  return boost::json::serialize(document);
}

http::Response openapi_response(const std::string& document) {
  http::Response response;
  response.body = document;
  return response;
}

}  // namespace forkjail::server
