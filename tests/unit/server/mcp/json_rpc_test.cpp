#include "server/mcp/json_rpc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace forkjail::server::mcp {
namespace {

using testing::HasSubstr;

std::variant<Message, FaultyMessage> decode(std::string_view text) {
  return decode_message(boost::json::parse({text.data(), text.size()}));
}

Message message_of(std::string_view text) {
  auto decoded = decode(text);
  EXPECT_TRUE(std::holds_alternative<Message>(decoded)) << text;
  return std::get<Message>(std::move(decoded));
}

FaultyMessage fault_of(std::string_view text) {
  auto decoded = decode(text);
  EXPECT_TRUE(std::holds_alternative<FaultyMessage>(decoded)) << text;
  return std::get<FaultyMessage>(std::move(decoded));
}

TEST(JsonRpc, ReadsRequestsNotificationsAndResponses) {
  const Message request =
      message_of(R"({"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":1}})");
  EXPECT_EQ(request.kind, MessageKind::request);
  EXPECT_EQ(request.id, "7");
  EXPECT_EQ(request.method, "ping");
  EXPECT_TRUE(request.params().contains("a"));
  const Message told = message_of(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(told.kind, MessageKind::notification);
  EXPECT_TRUE(told.params().empty());
  const Message answer = message_of(R"({"jsonrpc":"2.0","id":"a","result":{"x":1}})");
  EXPECT_EQ(answer.kind, MessageKind::response);
  ASSERT_NE(answer.result(), nullptr);
  EXPECT_EQ(message_of(R"({"jsonrpc":"2.0","id":"a","error":{}})").result(), nullptr);
}

TEST(JsonRpc, KeepsAnIdAsItCame) {
  EXPECT_EQ(message_of(R"({"jsonrpc":"2.0","id":"1","method":"m"})").id, R"("1")");
  EXPECT_EQ(message_of(R"({"jsonrpc":"2.0","id":-3,"method":"m"})").id, "-3");
  EXPECT_EQ(message_of(R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"m"})").id,
            "18446744073709551615");
  EXPECT_EQ(message_of(R"({"jsonrpc":"2.0","id":"\u0000\"","method":"m"})").id, R"("\u0000\"")");
}

TEST(JsonRpc, RefusesIdsOfOtherTypes) {
  for (const std::string id : {"null", "true", "1.5", "1e99", "[]", "{}", "18446744073709551616"}) {
    const auto fault = fault_of(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"m"})");
    EXPECT_EQ(fault.error.code, kInvalidRequest) << id;
    EXPECT_EQ(fault.error.status, 400U);
    EXPECT_EQ(fault.id, "");
  }
  const std::string longest(kIdBytesMax, 'x');
  const auto with_id = [](const std::string& id) {
    return R"({"jsonrpc":"2.0","id":")" + id + R"(","method":"m"})";
  };
  EXPECT_EQ(message_of(with_id(longest)).id.size(), kIdBytesMax + 2);
  EXPECT_EQ(fault_of(with_id(longest + "x")).error.code, kInvalidRequest);
}

TEST(JsonRpc, RefusesWhatIsNoMessage) {
  EXPECT_THAT(fault_of("[]").error.message, HasSubstr("batches"));
  EXPECT_EQ(fault_of("1").error.code, kInvalidRequest);
  EXPECT_EQ(fault_of(R"({"id":1,"method":"m"})").id, "1");
  EXPECT_EQ(fault_of(R"({"jsonrpc":"1.0","id":1,"method":"m"})").error.code, kInvalidRequest);
  EXPECT_EQ(fault_of(R"({"jsonrpc":"2.0","id":1})").error.code, kInvalidRequest);
  EXPECT_EQ(fault_of(R"({"jsonrpc":"2.0","result":{}})").error.code, kInvalidRequest);
  EXPECT_EQ(fault_of(R"({"jsonrpc":"2.0","id":1,"method":2})").error.code, kInvalidRequest);
  EXPECT_EQ(fault_of(R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})").error.code,
            kInvalidRequest);
}

TEST(JsonRpc, WritesMessages) {
  EXPECT_EQ(result_text("1", "{}"), R"({"jsonrpc":"2.0","id":1,"result":{}})");
  EXPECT_EQ(
      error_text("\"a\"", {kInvalidParams, "no\n", 200, R"({"x":1})"}),
      R"({"jsonrpc":"2.0","id":"a","error":{"code":-32602,"message":"no\n","data":{"x":1}}})");
  EXPECT_EQ(error_text({}, {kParseError, "no"}),
            R"({"jsonrpc":"2.0","error":{"code":-32700,"message":"no"}})");
  EXPECT_EQ(notification_text("n", "{}"), R"({"jsonrpc":"2.0","method":"n","params":{}})");
  EXPECT_EQ(request_text("1", "m", "{}"), R"({"jsonrpc":"2.0","id":1,"method":"m","params":{}})");
}

}  // namespace
}  // namespace forkjail::server::mcp
