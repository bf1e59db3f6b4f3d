#include "supervisor/zygote_process.h"

#include <gmock/gmock.h>

#include <numeric>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

class ZygoteProcessTest : public SupervisorParts {
 protected:
  void SetUp() override { serve(); }

  // Orders to reap more cells than the control socket takes; all of them.
  std::vector<pid_t> reap_more_than_fits() {
    std::vector<pid_t> pids(5'000);
    std::iota(pids.begin(), pids.end(), 1'000);
    for (const pid_t pid : pids) zygote().send_reap(pid);
    return pids;
  }
};

TEST_F(ZygoteProcessTest, ReapsThatDoNotFitAreSentInOrderOnceTheZygoteReadsAgain) {
  std::vector<pid_t> expected = reap_more_than_fits();
  std::vector<pid_t> received = fake().reaps();
  ASSERT_LT(received.size(), expected.size()) << "everything fitted: nothing was tried";
  for (pid_t last = 10'000; received.size() < expected.size() && last < 10'100; ++last) {
    zygote().send_reap(last);
    expected.push_back(last);
    for (const pid_t pid : fake().reaps()) received.push_back(pid);
  }
  EXPECT_THAT(received, ElementsAreArray(expected));
}

TEST_F(ZygoteProcessTest, CloneForAZygoteThatDoesNotReadFailsAtOnce) {
  reap_more_than_fits();
  sent_verbs();
  send_order({.verb = ServerVerb::spawn, .flavour = Flavour::light});
  EXPECT_THAT(sent_verbs(), testing::Contains(SupervisorVerb::spawn_failed));
}

TEST_F(ZygoteProcessTest, ReapsForAZygoteThatIsGoneAreForgotten) {
  fake().close_control();
  zygote().send_reap(1'000);
  EXPECT_THAT(fake().reaps(), IsEmpty());
}

}  // namespace
}  // namespace forkjail::supervisor
