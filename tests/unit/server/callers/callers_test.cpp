#include "server/callers/callers.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <fstream>

#include "unit/server/fake_cells.h"
#include "unit/temporary_directory.h"

namespace forkjail::server {
namespace {

using protocol::Flavour;
using testing::ElementsAre;

class CallersTest : public testing::Test {
 protected:
  ~CallersTest() override { loop.destroy_pending(); }
  void SetUp() override { spdlog::set_level(spdlog::level::off); }

  static KeyRow row(std::string name, std::string_view key) {
    KeyRow made;
    made.name = std::move(name);
    made.digest = digest_of(key);
    return made;
  }
  // Who comes in with this key; null: nobody.
  std::shared_ptr<http::Caller> caller_with(std::string_view key) {
    http::RequestHeaders headers;
    headers.set(http::RequestHeader::api_key, std::string(key));
    http::Route route;
    route.path = "/execute";
    auto admitted = callers.gate().admit({"POST", "/execute", headers, {}}, route);
    if (std::holds_alternative<http::Response>(admitted)) return nullptr;
    return std::get<std::shared_ptr<http::Caller>>(std::move(admitted));
  }
  void reload(std::string_view text) {
    const std::string path = (directory.path() / "keys").string();
    std::ofstream(path, std::ios::trunc) << text;
    callers.reload(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
  }
  void expect_as_before(std::uint64_t failures) {
    EXPECT_NE(caller_with("old key"), nullptr);
    EXPECT_NE(caller_with("kept key"), nullptr);
    EXPECT_EQ(callers.metrics().reload_failures, failures);
    EXPECT_EQ(callers.metrics().reloads, 0U);
  }

  TemporaryDirectory directory;
  CallersConfig config{.keys = std::vector{row("old", "old key"), row("kept", "kept key")},
                       .trusted_proxies = {}};
  Loop loop;
  FakeMaker maker;
  CellPool pool{loop.get_executor(), {.session_cells_max = 4}, maker};
  Callers callers{config, RunLimits{}, pool};
};

TEST_F(CallersTest, ReloadReplacesTheKeysAndKeepsCallersByName) {
  const auto kept = caller_with("kept key");
  const auto old = caller_with("old key");
  reload(key_row_json("kept", digest_of("changed key")) + "\n" +
         key_row_json("new", digest_of("new key")));
  EXPECT_EQ(caller_with("old key"), nullptr);
  EXPECT_EQ(caller_with("kept key"), nullptr);
  EXPECT_EQ(caller_with("changed key"), kept);
  ASSERT_NE(caller_with("new key"), nullptr);
  EXPECT_EQ(caller_with("new key")->name(), "new");
  EXPECT_EQ(old->name(), "old");  // what it began goes on, and it opens nothing more
  KeyHolder* const holder = std::dynamic_pointer_cast<Caller>(old)->holder();
  ASSERT_TRUE(holder->row.expires_at);
  EXPECT_TRUE(*holder->row.expires_at < std::chrono::system_clock::now());
  EXPECT_EQ(callers.metrics().reloads, 1U);
  EXPECT_EQ(callers.metrics().keys.front().counts.requests, 2U);  // of "kept", by both keys
}

TEST_F(CallersTest, AFileWithAMistakeChangesNothing) {
  const std::string good = key_row_json("new", digest_of("new key"));
  std::uint64_t failures = 0;
  for (const std::string& text :
       {std::string(), std::string("["), good + "\n" + good, good + "\n{}",
        good + std::string(kKeyFileBytesMax, ' '), std::string(kKeyFileBytesMax + 1, '\0')}) {
    reload(text);
    expect_as_before(++failures);
  }
}

TEST_F(CallersTest, AFileThatCannotBeOpenedOrReadChangesNothing) {
  callers.reload(Error{"open the keys", ENOENT, {}});
  expect_as_before(1);
  callers.reload(UniqueFd(::open(directory.path().c_str(), O_RDONLY | O_CLOEXEC)));
  expect_as_before(2);
}

// Rows of isolated keys; the key of each is its name.
std::string isolated_rows(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    std::string json = key_row_json(name, digest_of(name));
    json.insert(json.size() - 1, ",\"isolated\":true");
    text += json + "\n";
  }
  return text;
}

class CallersThatAreIsolated : public CallersTest {
 protected:
  protocol::Owner owner_with(std::string_view key) {
    const auto caller = std::dynamic_pointer_cast<Caller>(caller_with(key));
    return caller == nullptr ? protocol::kNoOwner : caller->party().terms().owner;
  }
};

TEST_F(CallersThatAreIsolated, AreOwnersForAsLongAsTheirRowsSaySo) {
  reload(isolated_rows({"a", "b"}) + key_row_json("c", digest_of("c")));
  EXPECT_EQ(owner_with("a"), 1U);
  EXPECT_EQ(owner_with("b"), 2U);
  EXPECT_EQ(owner_with("c"), protocol::kEverybody);
  reload(isolated_rows({"b", "d"}) + key_row_json("a", digest_of("a")));
  EXPECT_EQ(owner_with("a"), protocol::kEverybody);
  EXPECT_EQ(owner_with("b"), 2U);
  EXPECT_EQ(owner_with("d"), 3U);
  EXPECT_THAT(maker.offered,
              ElementsAre(Flavour::isolated_1, Flavour::isolated_2, Flavour::isolated_3));
  EXPECT_THAT(maker.withdrawn, ElementsAre(Flavour::isolated_1));
}

TEST_F(CallersThatAreIsolated, RunNowhereOnceTheirKeyIsRemoved) {
  reload(isolated_rows({"a"}));
  const auto removed = std::dynamic_pointer_cast<Caller>(caller_with("a"));
  reload(isolated_rows({"b"}));
  EXPECT_EQ(removed->party().terms().owner, protocol::kNoOwner);
}

TEST_F(CallersThatAreIsolated, AreRefusedWithTheWholeFileWhereNoZygoteIsFree) {
  reload(isolated_rows({"a"}));
  pool.on_zygote_ready(Flavour::isolated_1, {});  // and its cells are ordered
  const std::string others = isolated_rows({"b", "c", "d", "e"});
  reload(others);
  EXPECT_EQ(callers.metrics().reload_failures, 1U);
  EXPECT_EQ(owner_with("a"), 1U);
  EXPECT_EQ(caller_with("b"), nullptr);
  EXPECT_TRUE(maker.withdrawn.empty());
  reload(key_row_json("a", digest_of("a")));
  reload(others);
  EXPECT_EQ(callers.metrics().reload_failures, 2U) << "its cells are not gone yet";
  for (int i = 0; i < 2; ++i) pool.on_spawn_failed(Flavour::isolated_1, Error{"spawn", EAGAIN, {}});
  reload(others);
  EXPECT_EQ(callers.metrics().reload_failures, 2U);
  EXPECT_EQ(owner_with("e"), 4U);
}

}  // namespace
}  // namespace forkjail::server
