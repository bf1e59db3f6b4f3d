#include "main/log.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

#include "server/json_text.h"

namespace forkjail {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %n %^%l%$ %v";

// Cloud Logging's names, in the order of spdlog's levels from trace to critical.
constexpr std::array<std::string_view, 6> kSeverities{"DEBUG",   "DEBUG", "INFO",
                                                      "WARNING", "ERROR", "CRITICAL"};

std::string_view severity_of(spdlog::level::level_enum level) {
  const auto index = static_cast<std::size_t>(level);
  return index < kSeverities.size() ? kSeverities.at(index) : "DEFAULT";
}

// 2025-07-01T12:00:00.123456Z
std::string time_text(spdlog::log_clock::time_point time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds);
  const std::time_t clock = seconds.count();
  std::tm utc{};
  ::gmtime_r(&clock, &utc);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", utc, rest.count());
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const std::string_view logger(message.logger_name.data(), message.logger_name.size());
    const std::string_view payload(message.payload.data(), message.payload.size());
    std::string json = "{";
    server::append_json_key(json, "severity");
    server::append_json_string(json, severity_of(message.level));
    server::append_json_key(json, "time");
    server::append_json_string(json, time_text(message.time));
    server::append_json_key(json, "logger");
    server::append_json_string(json, logger);
    if (logger == server::kRunLogger) {  // these are members already (server/run_log.h)
      json.append(",").append(payload);
    } else {
      server::append_json_key(json, "message");
      server::append_json_string(json, payload);
    }
    json.append("}\n");
    line.append(json.data(), json.data() + json.size());
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

std::unique_ptr<spdlog::formatter> formatter_of(server::LogFormat format) {
  if (format == server::LogFormat::json) return std::make_unique<JsonFormatter>();
  return std::make_unique<spdlog::pattern_formatter>(kTextPattern, spdlog::pattern_time_type::utc);
}

}  // namespace

void set_up_log(const std::string& name, const std::string& level, server::LogFormat format) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_st>();
  auto logger = std::make_shared<spdlog::logger>(name, sink);
  auto runs = std::make_shared<spdlog::logger>(server::kRunLogger, sink);
  for (const auto& one : {logger, runs}) one->set_level(spdlog::level::from_str(level));
  logger->set_formatter(formatter_of(format));  // it is the sink's, so of both
  spdlog::register_logger(std::move(runs));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace forkjail
