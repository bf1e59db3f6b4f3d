// A listener that has no descriptors left. In a child of its own: the limit is the process's.
#include "http/listener.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <sstream>

#include "base/unique_fd.h"

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kClients = 12;
constexpr std::size_t kSpareDescriptors = 8;

struct Observed {
  std::string log;
  std::size_t closed_clients = 0;  // of those that asked nothing
  bool newcomer_answered = false;
};

void connect(const UniqueFd& client, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
}

bool has(const UniqueFd& client, bool end) {
  char byte = 0;
  const auto n = ::recv(client.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return end ? n == 0 : n > 0;
}

// More clients than there are descriptors for say nothing; a second later one more asks.
Observed serve_without_descriptors() {
  Observed observed;
  std::ostringstream lines;
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  Loop loop;
  Router router(
      {{.path = "/", .handler = [](Exchange&) -> Task<Response> { co_return Response{}; }}});
  const Limits limits;
  ConnectionRegistry registry(loop.get_executor(), limits);
  Counters counters;
  RequestIds request_ids({1, 2});
  const ServeContext context{router, registry, limits, counters, request_ids, nullptr};
  Listener listener = *Listener::open(loop.get_executor(), "127.0.0.1", 0);
  asio::co_spawn(loop, listener.accept(context), asio::detached);
  std::vector<UniqueFd> clients;
  for (std::size_t i = 0; i <= kClients; ++i)
    clients.emplace_back(::socket(AF_INET, SOCK_STREAM, 0));
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = static_cast<rlim_t>(clients.back().get()) + kSpareDescriptors;
  if (::setrlimit(RLIMIT_NOFILE, &descriptors) != 0) return observed;

  const UniqueFd newcomer = std::move(clients.back());
  clients.pop_back();
  for (const UniqueFd& client : clients) connect(client, listener.port());
  loop.run_for(1'200ms);
  connect(newcomer, listener.port());
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  ::send(newcomer.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL);
  loop.run_for(500ms);
  for (const UniqueFd& client : clients) observed.closed_clients += has(client, true) ? 1U : 0U;
  observed.newcomer_answered = has(newcomer, false);
  observed.log = lines.str();
  loop.destroy_pending();
  return observed;
}

TEST(Listener, closes_who_waited_longest_where_there_are_no_descriptors_and_says_so_seldom) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "needs the last descriptor, by which UndefinedBehaviorSanitizer looks at memory";
#endif
  const pid_t child = ::fork();
  if (child == 0) {
    const Observed observed = serve_without_descriptors();
    const auto line_count = std::ranges::count(observed.log, '\n');
    EXPECT_TRUE(observed.newcomer_answered);
    EXPECT_GE(observed.closed_clients, 1U);
    EXPECT_LT(observed.closed_clients, kClients);
    EXPECT_GE(line_count, 1);
    EXPECT_LE(line_count, 3) << observed.log;
    ::_exit(testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace forkjail::http
