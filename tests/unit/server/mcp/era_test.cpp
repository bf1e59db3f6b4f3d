#include "server/mcp/era.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace forkjail::server::mcp {
namespace {

Message message_of(std::string_view method, std::string_view params) {
  const std::string text = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) +
                           R"(","params":)" + std::string(params) + "}";
  return std::get<Message>(decode_message(boost::json::parse(text)));
}

std::string modern(std::string_view rest = "", std::string_view version = kModernVersion) {
  return R"({"_meta":{"io.modelcontextprotocol/protocolVersion":")" + std::string(version) +
         R"(","io.modelcontextprotocol/clientCapabilities":{}})" + std::string(rest) + "}";
}

// 0: legacy, 1: modern, else the error's code.
int outcome(std::string_view method, std::string_view params, const ProtocolHeaders& headers) {
  const auto era = era_of(message_of(method, params), headers);
  if (const auto* error = std::get_if<RpcError>(&era)) {
    EXPECT_EQ(error->status, 400U);
    return error->code;
  }
  return std::get<Era>(era) == Era::modern ? 1 : 0;
}

TEST(Era, IsOldWhereNothingSaysOtherwise) {
  EXPECT_EQ(outcome("initialize", "{}", {}), 0);
  EXPECT_EQ(outcome("ping", "{}", {"2024-11-05", "", ""}), 0);
  EXPECT_EQ(outcome("ping", "{}", {"2025-11-25", "ping", ""}), 0);
  EXPECT_EQ(outcome("ping", R"({"_meta":{"progressToken":1}})", {"2025-06-18", "", ""}), 0);
}

TEST(Era, IsNewWhereHeadersAndBodySayTheSame) {
  EXPECT_EQ(outcome("tools/list", modern(), {kModernVersion, "tools/list", ""}), 1);
  EXPECT_EQ(outcome("tools/call", modern(R"(,"name":"a")"), {kModernVersion, "tools/call", "a"}),
            1);
  EXPECT_EQ(outcome("resources/read", modern(R"(,"uri":"ä")"),
                    {kModernVersion, "resources/read", "=?base64?w6Q=?="}),
            1);
}

TEST(Era, RefusesHeadersThatDiffer) {
  EXPECT_EQ(outcome("tools/list", modern(), {"", "tools/list", ""}), kHeaderMismatch);
  EXPECT_EQ(outcome("tools/list", modern(), {"2025-11-25", "tools/list", ""}), kHeaderMismatch);
  EXPECT_EQ(outcome("tools/list", modern("", "1"), {kModernVersion, "tools/list", ""}),
            kHeaderMismatch);
  EXPECT_EQ(outcome("tools/list", modern(), {kModernVersion, "", ""}), kHeaderMismatch);
  EXPECT_EQ(outcome("tools/list", modern(), {kModernVersion, "Tools/List", ""}), kHeaderMismatch);
  const std::string call = modern(R"(,"name":"a")");
  EXPECT_EQ(outcome("tools/call", call, {kModernVersion, "tools/call", ""}), kHeaderMismatch);
  EXPECT_EQ(outcome("tools/call", call, {kModernVersion, "tools/call", "b"}), kHeaderMismatch);
  EXPECT_EQ(outcome("tools/call", call, {kModernVersion, "tools/call", "=?base64?!?="}),
            kHeaderMismatch);
}

TEST(Era, RefusesUnknownVersions) {
  EXPECT_EQ(outcome("tools/list", "{}", {"v999", "", ""}), kUnsupportedVersion);
  EXPECT_EQ(outcome("tools/list", modern("", "v999"), {"v999", "tools/list", ""}),
            kUnsupportedVersion);
  const auto era =
      era_of(message_of("tools/list", modern("", "v9\\\"")), {"v9\"", "tools/list", ""});
  EXPECT_EQ(std::get<RpcError>(era).data,
            R"({"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],)"
            R"("requested":"v9\""})");
}

TEST(Era, WantsTheMembersOfTheNewOne) {
  const ProtocolHeaders headers{kModernVersion, "server/discover", ""};
  EXPECT_EQ(outcome("server/discover", "{}", headers), kInvalidParams);
  EXPECT_EQ(outcome("server/discover", R"({"_meta":1})", headers), kInvalidParams);
  EXPECT_EQ(
      outcome("server/discover",
              R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})", headers),
      kInvalidParams);
}

TEST(Era, AgreesOnAVersion) {
  EXPECT_EQ(negotiated_version("2025-03-26"), "2025-03-26");
  EXPECT_EQ(negotiated_version("2026-07-28"), "2025-11-25");
  EXPECT_EQ(negotiated_version(""), "2025-11-25");
}

TEST(DecodedHeader, LeavesPlainTextAlone) {
  EXPECT_EQ(decoded_header("us-west1"), "us-west1");
  EXPECT_EQ(decoded_header("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="), "=?base64?literal?=");
  EXPECT_EQ(decoded_header("=?base64?"
                           "?="),
            "");
  EXPECT_EQ(decoded_header("=?base64?="), "=?base64?=");
}

}  // namespace
}  // namespace forkjail::server::mcp
