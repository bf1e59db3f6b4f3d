// The tables of request fields against the decoder: what a row says is what the decoder does.
#include "server/api/request_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/api/file_fields.h"
#include "server/api/name_texts.h"
#include "server/api/request_decoder.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Sample {
  JsonType type;
  std::string_view json;
};
constexpr std::array kSamples{
    Sample{JsonType::object, "{}"},    Sample{JsonType::array, "[]"},
    Sample{JsonType::string, "\"\""},  Sample{JsonType::number, "1"},
    Sample{JsonType::boolean, "true"}, Sample{JsonType::null, "null"},
};

// Of a request with one more field than it needs; empty: it is accepted.
std::string error_of(std::string_view name, std::string_view json) {
  std::string body = "{\"" + std::string(name) + "\":" + std::string(json);
  body += name == "script" ? "}" : ",\"script\":\"x\"}";
  const auto decoded = decode_execution_request(body, RunLimits{}, json::HashSecret{});
  const auto* const error = std::get_if<RequestError>(&decoded);
  return error == nullptr ? "" : error->message;
}

std::string repeated(std::string_view element, std::size_t count) {
  std::string json;
  for (std::size_t i = 0; i < count; ++i) {
    json.append(json.empty() ? "" : ",").append(element);
    if (const auto at = json.rfind('#'); at != std::string::npos) {
      json.replace(at, 1, std::to_string(i));
    }
  }
  return json;
}

TEST(RequestFields, AreNamedAndDescribed) {
  std::set<std::string_view> names;
  for (const RequestFieldRow& row : fields_of(RequestForm::execute)) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.description.ends_with('.')) << row.name;
    EXPECT_EQ(find_request_field(RequestForm::execute, row.name), &row);
    EXPECT_EQ(row_of(row.field).name, row.name);
  }
  EXPECT_THAT(error_of("none", "1"),
              HasSubstr("; known fields: " + names_of(fields_of(RequestForm::execute))));
}

TEST(RequestFields, TakeTheTypesOfTheirRow) {
  for (const RequestFieldRow& row : fields_of(RequestForm::execute)) {
    const std::string refusal =
        std::string(row.name) + ": expected " + std::string(row.expected) + ", got ";
    for (const auto& [type, json] : kSamples) {
      const std::string error = error_of(row.name, json);
      EXPECT_EQ(accepts(row, type), !error.starts_with(refusal)) << row.name << json << error;
      EXPECT_EQ(accepts(row, type), type == JsonType::null ? !row.required : row.types.has(type));
    }
  }
}

TEST(RequestFields, TakeElementsOfTheTypesOfTheirRow) {
  for (const RequestFieldRow& row : fields_of(RequestForm::execute)) {
    if (row.expected_elements.empty()) continue;
    const bool is_array = row.types.has(JsonType::array);
    const std::string_view key = row.field == RequestField::limits ? "memory_mb" : "A";
    for (const auto& [type, json] : kSamples) {
      const std::string value = is_array
                                    ? "[" + std::string(json) + "]"
                                    : "{\"" + std::string(key) + "\":" + std::string(json) + "}";
      const bool refused =
          error_of(row.name, value).find(": expected " + std::string(row.expected_elements)) !=
          std::string::npos;
      EXPECT_EQ(row.element_types.has(type), !refused) << row.name << value;
    }
  }
}

TEST(RequestFields, TakeTheWordsOfTheirRowAndNoOthers) {
  for (const RequestFieldRow& row : fields_of(RequestForm::execute)) {
    if (row.words.empty()) continue;
    const auto value = [&](std::string_view word) {
      const std::string text = "\"" + std::string(word) + "\"";
      return row.types.has(JsonType::array) ? "[" + text + "]" : text;
    };
    for (const std::string_view word : row.words) EXPECT_EQ(error_of(row.name, value(word)), "");
    EXPECT_THAT(error_of(row.name, value("none")), HasSubstr("\"none\" is unknown"));
  }
}

TEST(RequestFields, AreRequiredIfTheirRowSaysSo) {
  for (const RequestFieldRow& row : fields_of(RequestForm::execute)) {
    EXPECT_EQ(row.required, row.field == RequestField::script);
  }
  const auto decoded = decode_execution_request("{}", RunLimits{}, json::HashSecret{});
  EXPECT_THAT(std::get<RequestError>(decoded).message, StartsWith("script: missing"));
}

TEST(RequestFields, AreBoundedByTheirRow) {
  const auto at_most = [](RequestField field) { return row_of(field).count_max; };
  const auto files = [](std::size_t n) {
    return "[" + repeated(R"({"path":"#","content":""})", n) + "]";
  };
  const auto env = [](std::size_t n) { return "{" + repeated(R"("A#":"")", n) + "}"; };
  const auto include = [](std::size_t n) { return "[" + repeated(R"("usage")", n) + "]"; };
  EXPECT_EQ(error_of("files", files(at_most(RequestField::files))), "");
  EXPECT_NE(error_of("files", files(at_most(RequestField::files) + 1)), "");
  EXPECT_EQ(error_of("env", env(at_most(RequestField::env))), "");
  EXPECT_NE(error_of("env", env(at_most(RequestField::env) + 1)), "");
  EXPECT_EQ(error_of("include", include(at_most(RequestField::include))), "");
  EXPECT_NE(error_of("include", include(at_most(RequestField::include) + 1)), "");
  const std::size_t script_bytes_max = row_of(RequestField::script).bytes_max;
  EXPECT_EQ(error_of("script", '"' + std::string(script_bytes_max, 'x') + '"'), "");
  EXPECT_THAT(error_of("script", '"' + std::string(script_bytes_max + 1, 'x') + '"'),
              HasSubstr(std::to_string(script_bytes_max)));
}

// The error of a body of this form, held against the defaults; empty: it is accepted.
std::string error_as(RequestForm form, std::string_view body) {
  const auto decoded = decode_request(body, {.form = form}, json::HashSecret{});
  const auto* const error = std::get_if<RequestError>(&decoded);
  return error == nullptr ? "" : error->message;
}

TEST(RequestForms, HaveTheFieldsOfTheirRowsAndNoOthers) {
  for (const RequestForm form :
       {RequestForm::execute, RequestForm::session_execute, RequestForm::session}) {
    const std::string names = names_of(fields_of(form));
    for (const RequestFieldRow& row : fields_of(form)) EXPECT_TRUE(row.forms.has(form));
    EXPECT_THAT(error_as(form, R"({"none":1})"), HasSubstr("; known fields: " + names));
  }
  EXPECT_THAT(error_of("from", "\"s1\""), StartsWith("unknown field \"from\""));
  EXPECT_THAT(error_as(RequestForm::session, R"({"script":"x"})"),
              StartsWith("unknown field \"script\""));
}

TEST(RequestForms, TakeTheStateToStartFromAndWhatAnErrorLeaves) {
  const auto decoded = decode_request(R"({"script":"x","from":"s3","on_error":"rollback"})",
                                      {.form = RequestForm::session_execute}, json::HashSecret{});
  const auto& request = std::get<ExecutionRequest>(decoded);
  EXPECT_EQ(request.session.from, "s3");
  EXPECT_TRUE(request.session.rolls_back_errors);
  EXPECT_EQ(request.mode, protocol::RunMode::repl);
  EXPECT_THAT(error_as(RequestForm::session_execute, R"({"script":"x","on_error":"no"})"),
              HasSubstr("on_error: \"no\" is unknown; use \"keep\" or \"rollback\""));
}

TEST(RequestForms, BoundASessionByItsOwnLimits) {
  const auto decoded =
      decode_request(R"({"limits":{"memory_mb":64,"idle_s":60,"life_s":3600},"env":{"A":"b"}})",
                     {.form = RequestForm::session}, json::HashSecret{});
  const auto& request = std::get<ExecutionRequest>(decoded);
  EXPECT_EQ(request.session.limits.memory_bytes, 64 * kMiB);
  EXPECT_EQ(request.session.limits.idle_time, std::chrono::minutes(1));
  EXPECT_EQ(request.session.limits.life_time, std::chrono::hours(1));
  EXPECT_EQ(error_as(RequestForm::session, "{}"), "");
  const SessionLimits maxima;
  for (const SessionLimitRow& row : session_limit_rows()) {
    EXPECT_TRUE(row.description.ends_with('.')) << row.name;
    const auto error = [&](double value) {
      return error_as(RequestForm::session, "{\"limits\":{\"" + std::string(row.name) +
                                                "\":" + std::to_string(value) + "}}");
    };
    EXPECT_EQ(error(row.get(maxima)), "") << row.name;
    EXPECT_THAT(error(row.get(maxima) + 1), HasSubstr("at most")) << row.name;
    EXPECT_THAT(error(row.smallest / 2), HasSubstr("at least")) << row.name;
  }
  EXPECT_THAT(error_as(RequestForm::session, R"({"limits":{"wall_time_s":1}})"),
              HasSubstr("known fields: " + names_of(session_limit_rows())));
}

TEST(FileMemberRows, SayWhichAreRequiredAndWhichWordsThereAre) {
  for (const FileMemberRow& row : file_member_rows()) {
    EXPECT_TRUE(row.description.ends_with('.')) << row.name;
    std::string file = "[{";
    for (const FileMemberRow& other : file_member_rows()) {
      if (&other == &row || !other.required) continue;
      file.append(file.size() == 2 ? "\"" : ",\"").append(other.name).append("\":\"a\"");
    }
    const std::string error = error_of("files", file + "}]");
    EXPECT_EQ(row.required, error.ends_with("content is missing; send a string") ||
                                error.ends_with("path is missing"))
        << row.name << error;
    for (const std::string_view word : row.words) {
      EXPECT_EQ(error_of("files", file + ",\"" + std::string(row.name) + "\":\"" +
                                      std::string(word) + "\"}]")
                    .find("unknown"),
                std::string::npos);
    }
  }
  EXPECT_THAT(error_of("files", R"([{"none":""}])"),
              HasSubstr("known fields: " + names_of(file_member_rows())));
}

TEST(RunLimitRows, BoundWhatARequestMayAskFor) {
  const RunLimits maxima;
  for (const RunLimitRow& row : run_limit_rows()) {
    EXPECT_TRUE(row.description.ends_with('.')) << row.name;
    const auto error = [&](double value) {
      return error_of("limits",
                      "{\"" + std::string(row.name) + "\":" + std::to_string(value) + "}");
    };
    const auto whole = [&](double value) {
      return error_of("limits", "{\"" + std::string(row.name) +
                                    "\":" + std::to_string(static_cast<std::int64_t>(value)) + "}");
    };
    EXPECT_EQ(whole(row.get(maxima)), "") << row.name;
    EXPECT_THAT(whole(row.get(maxima) + 1), HasSubstr("at most")) << row.name;
    EXPECT_THAT(error(-1), HasSubstr(row.integral ? "whole number" : "at least")) << row.name;
    EXPECT_EQ(row.integral ? whole(row.smallest) : error(row.smallest), "") << row.name;
  }
  EXPECT_THAT(error_of("limits", R"({"none":1})"),
              HasSubstr("known fields: " + names_of(run_limit_rows())));
}

}  // namespace
}  // namespace forkjail::server
