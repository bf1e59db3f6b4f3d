#include "load/load_run.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>
#include <thread>

#include "load/report.h"

namespace forkjail::load {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kOkClose =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view kBusy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

// A server of one thread and one connection at a time. `answer` gets the request's number and text.
class TestServer {
 public:
  using Answer = std::function<std::string_view(int number, std::string_view request)>;

  explicit TestServer(Answer answer) : answer_(std::move(answer)) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr generic{};
    std::memcpy(&generic, &address, sizeof generic);
    socklen_t size = sizeof generic;
    EXPECT_EQ(::bind(listener_.get(), &generic, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 64), 0);
    EXPECT_EQ(::getsockname(listener_.get(), &generic, &size), 0);
    std::memcpy(&address, &generic, sizeof address);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/execute";
  }
  [[nodiscard]] int served() const { return served_; }

 private:
  static bool readable(int fd) {
    pollfd entry{fd, POLLIN, 0};
    return ::poll(&entry, 1, 20) > 0;
  }

  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listener_.get())) continue;
      const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      talk(peer.get(), stop);
    }
  }

  // The requests of these tests arrive whole: they are short.
  void talk(int fd, const std::stop_token& stop) {
    std::array<char, 4096> buffer{};
    while (!stop.stop_requested()) {
      if (!readable(fd)) continue;
      const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      const std::string_view text =
          answer_(served_++, std::string_view(buffer.data(), static_cast<std::size_t>(count)));
      if (text.empty()) return;
      ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (text == kOkClose) return;
    }
  }

  Answer answer_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> served_ = 0;
  std::jthread thread_;
};

Plan plan_for(const std::string& url, std::string_view body = "{}") {
  Plan plan;
  plan.target = parse_target(url).value();
  plan.request = make_request(plan.target, body, "");
  plan.duration = milliseconds(300);
  plan.timeout = milliseconds(500);
  plan.requests_max = 1'000'000;
  return plan;
}

TEST(LoadRun, closed_loop_counts_every_answer) {
  TestServer server([](int, std::string_view) { return kOk; });
  const auto result = run_load(plan_for(server.url()));
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->requests, 100U);
  EXPECT_EQ(result->by_status[200], result->requests);
  EXPECT_EQ(result->latency.count(), result->requests);
  EXPECT_EQ(static_cast<std::uint64_t>(server.served()), result->requests);
}

TEST(LoadRun, a_think_time_lies_between_an_answer_and_the_next_request) {
  TestServer server([](int, std::string_view) { return kOk; });
  Plan plan = plan_for(server.url());
  plan.think_time = milliseconds(50);
  const auto result = run_load(plan);
  ASSERT_TRUE(result.ok());
  EXPECT_GE(result->requests, 1U);
  EXPECT_LE(result->requests, 6U);  // of 300 ms
  EXPECT_EQ(result->by_status[200], result->requests);
}

TEST(LoadRun, requests_max_ends_the_run) {
  TestServer server([](int, std::string_view) { return kOk; });
  Plan plan = plan_for(server.url());
  plan.duration = std::chrono::seconds(30);
  plan.requests_max = 7;
  const auto result = run_load(plan);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(server.served(), 7);
  EXPECT_EQ(result->requests, 7U);
  EXPECT_LT(result->window, std::chrono::seconds(5));
}

TEST(LoadRun, opens_a_new_connection_after_a_close) {
  TestServer server([](int, std::string_view) { return kOkClose; });
  const auto result = run_load(plan_for(server.url()));
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->by_status[200], 10U);
  EXPECT_EQ(result->by_status[200], result->requests);
}

TEST(LoadRun, an_unexpected_status_is_counted_but_its_latency_is_not) {
  TestServer server([](int number, std::string_view) { return number % 2 == 0 ? kOk : kBusy; });
  const auto result = run_load(plan_for(server.url()));
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->by_status[503], 10U);
  EXPECT_EQ(result->latency.count(), result->by_status[200]);
}

TEST(LoadRun, a_lost_connection_is_a_failure_and_the_run_goes_on) {
  TestServer server(
      [](int number, std::string_view) { return number == 3 ? std::string_view() : kOk; });
  const auto result = run_load(plan_for(server.url()));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->failures[static_cast<std::size_t>(Failure::kClosed)], 1U);
  EXPECT_GT(result->by_status[200], 10U);
}

TEST(LoadRun, a_refused_connection_is_a_failure_and_no_busy_loop) {
  std::string url;
  {
    url = TestServer([](int, std::string_view) { return kOk; }).url();
  }
  const auto result = run_load(plan_for(url));
  ASSERT_TRUE(result.ok());
  const auto refused = result->failures[static_cast<std::size_t>(Failure::kConnect)];
  EXPECT_GT(refused, 5U);
  EXPECT_LT(refused, 100U);
}

TEST(LoadRun, a_silent_server_times_out) {
  TestServer server([](int, std::string_view) {
    std::this_thread::sleep_for(milliseconds(700));
    return kOk;
  });
  Plan plan = plan_for(server.url());
  plan.timeout = milliseconds(200);
  const auto result = run_load(plan);
  ASSERT_TRUE(result.ok());
  EXPECT_GE(result->failures[static_cast<std::size_t>(Failure::kTimeout)], 1U);
}

// The reason for the open loop: a stall of 200 ms at 1,000 requests per second delays some 200 of
// them, and each must show what it waited, not only the one that hit the stall.
TEST(LoadRun, open_loop_charges_a_stall_to_all_that_waited) {
  TestServer server([](int number, std::string_view) {
    if (number == 100) std::this_thread::sleep_for(milliseconds(200));
    return kOk;
  });
  Plan plan = plan_for(server.url());
  plan.open_loop = true;
  plan.arrivals = ArrivalKind::kConstant;
  plan.rate_per_s = 1000;
  plan.duration = milliseconds(1000);
  const auto result = run_load(plan);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->requests, 1000U);
  EXPECT_EQ(result->by_status[200], 1000U);
  EXPECT_GT(result->latency.percentile(90), milliseconds(80));
  EXPECT_LT(result->latency_from_send.percentile(90), milliseconds(50));
}

TEST(LoadRun, every_request_gets_a_nonce_of_its_own) {
  std::string first;
  bool differ = true;
  TestServer server([&](int number, std::string_view request) {
    if (number == 0) first = request;
    if (number == 1) differ = request != first && request.size() == first.size();
    return kOk;
  });
  Plan plan = plan_for(server.url(), "{\"script\": \"# %nonce-16-digits\"}");
  plan.requests_max = 2;
  ASSERT_TRUE(run_load(plan).ok());
  EXPECT_TRUE(differ);
  EXPECT_EQ(first.find(kNoncePlaceholder), std::string::npos);
}

TEST(LoadRun, its_report_is_one_line) {
  TestServer server([](int, std::string_view) { return kOk; });
  const Plan plan = plan_for(server.url());
  const auto result = run_load(plan);
  ASSERT_TRUE(result.ok());
  const std::string line = to_json_line(plan, *result);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_NE(line.find("\"p99.9\""), std::string::npos);
}

TEST(Target, takes_loopback_and_nothing_else) {
  EXPECT_TRUE(parse_target("http://127.0.0.1:8080/execute").ok());
  EXPECT_TRUE(parse_target("http://localhost/").ok());
  for (const auto* url : {"http://10.0.0.1/", "http://example.com/", "https://127.0.0.1/",
                          "http://127.0.0.1:0/", "http://127.0.0.1:x/", "http://0.0.0.0/", ""}) {
    EXPECT_FALSE(parse_target(url).ok()) << url;
  }
}

}  // namespace
}  // namespace forkjail::load
