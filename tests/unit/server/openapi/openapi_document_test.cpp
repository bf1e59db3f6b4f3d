#include "server/openapi/openapi_document.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "server/api/file_fields.h"
#include "server/openapi/answer_schemas.h"
#include "server/openapi/operations.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

using boost::json::object;
using boost::json::value;

object document(bool has_sessions = true, bool has_keys = true) {
  return boost::json::parse(openapi_document({.version = "1.2.3",
                                              .maxima = {},
                                              .has_sessions = has_sessions,
                                              .has_keys = has_keys}))
      .as_object();
}

const value& schema(const object& document, std::string_view name) {
  return document.at("components").at("schemas").at(name);
}

std::vector<std::string> references(const value& part) {
  std::vector<std::string> all;
  if (const auto* members = part.if_object()) {
    for (const auto& [name, member] : *members) {
      if (name == "$ref") all.emplace_back(member.as_string());
      for (std::string& reference : references(member)) all.push_back(std::move(reference));
    }
  } else if (const auto* elements = part.if_array()) {
    for (const value& element : *elements) {
      for (std::string& reference : references(element)) all.push_back(std::move(reference));
    }
  }
  return all;
}

TEST(OpenApiDocument, HasEveryFieldOfTheDecoder) {
  const object all = document();
  for (const auto& [form, name] : {std::pair{RequestForm::execute, "ExecuteRequest"},
                                   std::pair{RequestForm::session_execute, "SessionExecuteRequest"},
                                   std::pair{RequestForm::session, "SessionRequest"}}) {
    const object& fields = schema(all, name).at("properties").as_object();
    EXPECT_EQ(fields.size(), fields_of(form).size()) << name;
    for (const RequestFieldRow& row : fields_of(form))
      EXPECT_EQ(fields.at(row.name).at("description").as_string().find(row.description), 0);
  }
}

TEST(OpenApiDocument, NamesTheLimitsInForce) {
  const object all =
      boost::json::parse(
          openapi_document(
              {.version = "1", .maxima = {.run = {.memory_bytes = 64 * kMiB}, .session = {}}}))
          .as_object();
  const value& limits =
      schema(all, "ExecuteRequest").at("properties").at("limits").at("properties");
  EXPECT_EQ(limits.as_object().size(), run_limit_rows().size());
  EXPECT_EQ(limits.at("memory_mb").at("maximum").to_number<double>(), 64);
}

TEST(OpenApiDocument, LetsOptionalFieldsBeNullAndNoOtherFieldIn) {
  const object all = document();
  const value& request = schema(all, "ExecuteRequest");
  EXPECT_EQ(request.at("additionalProperties"), false);
  EXPECT_EQ(request.at("required"), (boost::json::array{"script"}));
  EXPECT_EQ(request.at("properties").at("script").at("type"), "string");
  EXPECT_EQ(request.at("properties").at("stdin").at("type"),
            (boost::json::array{"string", "null"}));
  const value& file = request.at("properties").at("files").at("items");
  EXPECT_EQ(file.at("properties").as_object().size(), file_member_rows().size());
  EXPECT_EQ(file.at("required"), (boost::json::array{"path", "content"}));
}

TEST(OpenApiDocument, RefersOnlyToSchemasThatItHas) {
  const object all = document();
  const std::vector<std::string> found = references(all);
  ASSERT_FALSE(found.empty());
  for (const std::string& reference : found) {
    const auto name = reference.substr(reference.rfind('/') + 1);
    EXPECT_TRUE(all.at("components").at("schemas").as_object().contains(name)) << reference;
  }
}

TEST(OpenApiDocument, LeavesTheCallsOfSessionsOutWhereThereAreNone) {
  EXPECT_TRUE(document(true).at("paths").as_object().contains("/sessions/{id}/files/{path}"));
  const object all = document(false);
  for (const auto& [path, methods] : all.at("paths").as_object())
    EXPECT_EQ(path.find("/sessions"), path.npos) << path;
}

TEST(OpenApiDocument, SaysWhichCallsNeedAKeyWhereThereAreKeys) {
  const object keyed = document();
  EXPECT_EQ(keyed.at("security").as_array().size(), 2);
  EXPECT_EQ(keyed.at("components").at("securitySchemes").at("api_key").at("name"), "X-API-Key");
  const value& run = keyed.at("paths").at("/execute").at("post");
  EXPECT_FALSE(run.as_object().contains("security"));
  EXPECT_TRUE(run.at("responses").as_object().contains("401"));
  EXPECT_TRUE(keyed.at("paths").as_object().contains("/usage"));
  const value& health = keyed.at("paths").at("/health").at("get");
  EXPECT_TRUE(health.at("security").as_array().empty());
  EXPECT_FALSE(health.at("responses").as_object().contains("401"));

  const object open = document(true, false);
  EXPECT_FALSE(open.contains("security"));
  EXPECT_FALSE(open.at("paths").as_object().contains("/usage"));
  EXPECT_FALSE(
      open.at("paths").at("/execute").at("post").at("responses").as_object().contains("401"));
}

TEST(OpenApiDocument, DescribesEachParameterOfAPath) {
  const object all = document();
  const auto& parameters =
      all.at("paths").at("/sessions/{id}/files/{path}").at("get").at("parameters").as_array();
  ASSERT_EQ(parameters.size(), 2);
  EXPECT_EQ(parameters[0].at("name"), "id");
  EXPECT_EQ(parameters[1].at("name"), "path");
}

}  // namespace
}  // namespace forkjail::server
