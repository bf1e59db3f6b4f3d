#include "server/cells/supervisor_link.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/pipe.h"
#include "protocol/wire.h"
#include "unit/server/fake_cells.h"

namespace forkjail::server {
namespace {

using protocol::Flavour;
using protocol::ServerMessage;
using protocol::ServerVerb;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;
using testing::ElementsAre;
using testing::IsEmpty;

// Writes down what came, a word an event.
class Events final : public SupervisorEvents {
 public:
  void on_zygote_ready(Flavour, protocol::ZygoteReport) override { seen.emplace_back("ready"); }
  void on_zygote_failed(Flavour, std::string) override { seen.emplace_back("failed"); }
  void on_spare_zygote_failed(Flavour, const std::string&) override {
    seen.emplace_back("spare failed");
  }
  void on_cell_started(Flavour, protocol::CellId id, pid_t, CellPipeFds fds) override {
    EXPECT_TRUE(fds.request.valid() && fds.err.valid());
    seen.push_back("started " + std::to_string(id));
  }
  void on_spawn_failed(Flavour, const Error& error) override {
    seen.push_back("spawn failed " + std::to_string(error.sys_errno));
  }
  void on_cell_ended(protocol::CellId id, const CellEnd&) override {
    seen.push_back("ended " + std::to_string(id));
  }
  void on_memory_limited(protocol::CellId, int) override { seen.emplace_back("limited"); }
  void on_memory_measured(protocol::CellId id, const MemoryNow& now) override {
    seen.push_back("measured " + std::to_string(id) + " " + std::to_string(now.bytes));
  }
  void on_removal_failed() override { seen.emplace_back("removal failed"); }
  void on_cannot_serve(const std::string&) override { seen.emplace_back("cannot serve"); }
  void on_supervisor_lost(const Error&) override { seen.emplace_back("lost"); }

  std::vector<std::string> seen;
};

class SupervisorLinkTest : public testing::Test {
 protected:
  ~SupervisorLinkTest() override { loop.destroy_pending(); }
  void SetUp() override {
    spdlog::set_level(spdlog::level::off);
    ::fcntl(ends.first.get(), F_SETFL, O_RDWR | O_NONBLOCK);
    link.emplace(loop.get_executor(), std::move(ends.first));
    link->listen(events);
    settle(loop);
  }

  void say_started(protocol::CellId id) const {
    const SupervisorMessage message{.verb = SupervisorVerb::cell_started, .cell = id};
    std::vector<int> fds(protocol::kCellFdCount, pipe.read_end.get());
    ASSERT_TRUE(send_packet(ends.second.get(), protocol::as_wire(message), fds));
  }

  std::pair<UniqueFd, UniqueFd> ends = *make_socket_pair();
  Pipe pipe = *make_pipe();
  Loop loop;
  Events events;
  std::optional<SupervisorLink> link;
};

TEST_F(SupervisorLinkTest, HandsOverThePipesOfACell) {
  say_started(1);
  settle(loop);
  EXPECT_THAT(events.seen, ElementsAre("started 1"));
}

TEST_F(SupervisorLinkTest, LosesOneCellWhoseDescriptorsDoNotFit) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  for (protocol::CellId id = 1; id <= 2; ++id) say_started(id);
  {
    const UniqueFd next(::dup(STDIN_FILENO));
    const rlimit limit{static_cast<rlim_t>(next.get()) + 2, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  settle(loop);
  ::setrlimit(RLIMIT_NOFILE, &before);
  const std::string lost = "spawn failed " + std::to_string(EMFILE);
  EXPECT_THAT(events.seen, ElementsAre(lost, lost));
  for (protocol::CellId id = 1; id <= 2; ++id) {
    const auto order = receive_packet(ends.second.get());
    ASSERT_TRUE(order);
    const auto message = protocol::from_wire<ServerMessage>(order->bytes);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->verb, ServerVerb::end);
    EXPECT_EQ(message->cell, id);
  }
  events.seen.clear();
  say_started(3);
  settle(loop);
  EXPECT_THAT(events.seen, ElementsAre("started 3"));
}

TEST_F(SupervisorLinkTest, IsLostWhenThePeerIsGone) {
  ends.second.reset();
  settle(loop);
  EXPECT_THAT(events.seen, ElementsAre("lost"));
}

TEST_F(SupervisorLinkTest, IsLostByAMessageThatIsTooShort) {
  const std::byte byte{};
  ASSERT_TRUE(send_packet(ends.second.get(), std::span(&byte, 1)));
  settle(loop);
  EXPECT_THAT(events.seen, ElementsAre("lost"));
}

TEST_F(SupervisorLinkTest, HandsOverTheFileOfKeysOrWhyThereIsNone) {
  std::vector<int> seen;  // errno
  link->on_keys([&](const Result<UniqueFd>& file) {
    seen.push_back(file ? 0 : file.error().sys_errno);
    EXPECT_TRUE(!file || file->valid());
  });
  SupervisorMessage message{.verb = SupervisorVerb::keys_opened};
  const std::array fds{pipe.read_end.get()};
  ASSERT_TRUE(send_packet(ends.second.get(), protocol::as_wire(message), fds));
  ASSERT_TRUE(send_packet(ends.second.get(), protocol::as_wire(message)));  // it did not come along
  message.sys_errno = EINVAL;
  ASSERT_TRUE(send_packet(ends.second.get(), protocol::as_wire(message)));
  settle(loop);
  EXPECT_THAT(seen, ElementsAre(0, EMFILE, EINVAL));
}

TEST_F(SupervisorLinkTest, AsksAgainForKeysThatHadNoRoom) {
  bool taken = false;
  link->on_keys([&](const Result<UniqueFd>&) { taken = true; });
  const SupervisorMessage message{.verb = SupervisorVerb::keys_opened, .sys_errno = EAGAIN};
  ASSERT_TRUE(send_packet(ends.second.get(), protocol::as_wire(message)));
  settle(loop);
  EXPECT_FALSE(taken);
  const auto order = receive_packet(ends.second.get());
  ASSERT_TRUE(order);
  EXPECT_EQ(protocol::from_wire<ServerMessage>(order->bytes)->verb, ServerVerb::open_keys);
}

TEST_F(SupervisorLinkTest, SendsNothingAfterItWasClosed) {
  link->close();
  settle(loop);
  EXPECT_THAT(events.seen, IsEmpty());
}

}  // namespace
}  // namespace forkjail::server
