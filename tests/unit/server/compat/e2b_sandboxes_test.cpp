// When a sandbox is there, and what ends with it.
#include "server/compat/e2b_sandboxes.h"

#include <gmock/gmock.h>

#include "unit/server/sessions/fake_held_cell.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class NamedCaller final : public http::Caller {
 public:
  explicit NamedCaller(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] std::string_view name() const override { return name_; }

 private:
  std::string name_;
};

class E2bSandboxesTest : public SessionsTest {
 protected:
  // With a default context, and one more if there is room.
  std::shared_ptr<E2bSandbox> add(const std::string& owner = {}) {
    auto sandbox = std::make_shared<E2bSandbox>();
    const auto session = create(owner);
    sandbox->id = "sandbox of " + session->id();
    if (!owner.empty()) sandbox->caller = std::make_shared<NamedCaller>(owner);
    sandbox->contexts.push_back(std::make_shared<E2bContext>(E2bContext{sandbox->id, session}));
    sandboxes.set_timeout(*sandbox, 300s);
    sandboxes.add(sandbox);
    return sandbox;
  }

  E2bSandboxes sandboxes{loop.get_executor(), store, {3, 4}};
};

TEST_F(E2bSandboxesTest, AreFoundUntilTheyAreRemoved) {
  const auto sandbox = add();
  EXPECT_EQ(sandboxes.find(sandbox->id), sandbox);
  EXPECT_EQ(sandboxes.find("another"), nullptr);
  sandboxes.remove(*sandbox);
  EXPECT_EQ(sandboxes.find(sandbox->id), nullptr);
  EXPECT_TRUE(sandbox->ended);
  EXPECT_EQ(sandbox->default_context().session->ended(), SessionEnd::deleted);
  EXPECT_EQ(sandboxes.live(), 0U);
  EXPECT_EQ(store.live(), 0U);
}

TEST_F(E2bSandboxesTest, EndWithTheirTime) {
  const auto sandbox = add();
  sandboxes.sweep(Clock::now() + 299s);
  EXPECT_EQ(sandboxes.find(sandbox->id), sandbox);
  sandboxes.sweep(Clock::now() + 301s);
  EXPECT_EQ(sandboxes.find(sandbox->id), nullptr);
  EXPECT_EQ(sandbox->default_context().session->ended(), SessionEnd::expired);
}

TEST_F(E2bSandboxesTest, HaveNoMoreTimeThanASession) {
  const auto sandbox = add();
  sandboxes.set_timeout(*sandbox, std::chrono::hours(1'000));
  EXPECT_EQ(sandbox->ends_at, sandbox->started + config.limits.life_time);
  sandboxes.set_timeout(*sandbox, 0s);
  EXPECT_EQ(sandboxes.find(sandbox->id), nullptr);
}

TEST_F(E2bSandboxesTest, ArePausedWithoutTheirTimeout) {
  const auto sandbox = add();
  sandboxes.pause(*sandbox);
  sandboxes.sweep(Clock::now() + 301s);
  EXPECT_EQ(sandboxes.find(sandbox->id), sandbox);
  sandboxes.connect(*sandbox, 60s);
  EXPECT_FALSE(sandbox->paused);
  EXPECT_LE(sandbox->ends_at, Clock::now() + 60s);
  sandboxes.connect(*sandbox, 1s);  // never shortens the time of one that runs
  EXPECT_GT(sandbox->ends_at, Clock::now() + 30s);
}

TEST_F(E2bSandboxesTest, EndPausedWithTheirSession) {
  const auto sandbox = add();
  sandboxes.pause(*sandbox);
  sandbox->default_context().session->end(SessionEnd::expired);
  EXPECT_EQ(sandboxes.find(sandbox->id), nullptr);
}

TEST_F(E2bSandboxesTest, EndWithTheirLastSession) {
  const auto sandbox = add();
  const auto second = create();
  sandbox->contexts.push_back(std::make_shared<E2bContext>(E2bContext{"second", second}));
  EXPECT_EQ(sandbox->context("second")->session, second);
  EXPECT_EQ(sandbox->context("third"), nullptr);
  sandbox->default_context().session->end(SessionEnd::expired);
  EXPECT_EQ(sandboxes.find(sandbox->id), sandbox);
  second->end(SessionEnd::evicted);
  EXPECT_EQ(sandboxes.find(sandbox->id), nullptr);
}

TEST_F(E2bSandboxesTest, OutliveASessionThatIsLostOrReplaced) {
  const auto lost = add();
  lost->default_context().session->end(SessionEnd::lost);
  EXPECT_EQ(sandboxes.find(lost->id), lost);
  const auto renewed = add();
  renewed->default_context().is_due = true;
  renewed->default_context().session->end(SessionEnd::deleted);
  EXPECT_EQ(sandboxes.find(renewed->id), renewed);
}

TEST_F(E2bSandboxesTest, AreListedForTheirOwnerAlone) {
  const auto mine = add("me");
  add();
  EXPECT_THAT(sandboxes.of("me"), ElementsAre(mine));
  EXPECT_THAT(sandboxes.of("you"), IsEmpty());
  EXPECT_THAT(sandboxes.of(""), IsEmpty());
}

}  // namespace
}  // namespace forkjail::server
