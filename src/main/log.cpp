#include "main/log.h"

#include <spdlog/fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

#include "json/text.h"

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
    json::append_key(json, "severity");
    json::append_string(json, severity_of(message.level));
    json::append_key(json, "time");
    json::append_string(json, time_text(message.time));
    json::append_key(json, "logger");
    json::append_string(json, logger);
    if (logger ==
        server::kRunLogger) {  // the payload is already JSON members (server/observe/run_log.h)
      json.append(",").append(payload);
    } else {
      json::append_key(json, "message");
      json::append_string(json, payload);
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

// Of the level's name on a terminal, in the order of spdlog's levels from trace to critical.
constexpr std::array<std::string_view, 6> kColours{
    "", "\033[36m", "\033[32m", "\033[33m", "\033[31m\033[1m", "\033[41m\033[1m"};
constexpr std::string_view kPlain = "\033[0m";

class OutputSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  OutputSink(std::string name, std::shared_ptr<LogOutput> output)
      : name_(std::move(name)),
        output_(std::move(output)),
        colours_(::isatty(STDERR_FILENO) == 1) {}

  // The line that reports how many lines were dropped.
  std::string line_of_dropped(std::uint64_t lines) {
    const std::string text = fmt::format(
        "{} log lines were dropped because nothing read this log; it is being read again", lines);
    return formatted({name_, spdlog::level::warn, text});
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line = formatted(message);
    // A line must fit into one write to stay whole. A run's line consists of JSON members and is
    // always much shorter.
    for (auto size = message.payload.size(); line.size() > LogOutput::kWriteBytesMax; size /= 2) {
      const std::string cut = std::string(message.payload.data(), size / 2) + " ...";
      spdlog::details::log_msg shorter = message;
      shorter.payload = cut;
      line = formatted(shorter);
    }
    output_->write(line);
  }
  void flush_() override { output_->flush(); }

 private:
  std::string formatted(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t buffer;
    formatter_->format(message, buffer);
    std::string line(buffer.data(), buffer.size());
    const auto level = static_cast<std::size_t>(message.level);
    if (colours_ && message.color_range_end > message.color_range_start &&
        level < kColours.size()) {
      line.insert(message.color_range_end, kPlain)
          .insert(message.color_range_start, kColours[level]);
    }
    return line;
  }

  std::string name_;
  std::shared_ptr<LogOutput> output_;
  bool colours_;
};

}  // namespace

std::shared_ptr<LogOutput> set_up_log(const std::string& name, const std::string& level,
                                      server::LogFormat format) {
  auto output = std::make_shared<LogOutput>(STDERR_FILENO);
  const auto sink = std::make_shared<OutputSink>(name, output);
  output->on_dropped([&sink = *sink](std::uint64_t lines) { return sink.line_of_dropped(lines); });
  auto logger = std::make_shared<spdlog::logger>(name, sink);
  auto runs = std::make_shared<spdlog::logger>(server::kRunLogger, sink);
  for (const auto& one : {logger, runs}) {
    one->set_level(spdlog::level::from_str(level));
    one->set_error_handler(
        [](const std::string&) {});  // the default handler writes plain text to stderr
  }
  logger->set_formatter(formatter_of(format));  // the formatter belongs to the sink, so both use it
  spdlog::register_logger(std::move(runs));
  spdlog::set_default_logger(std::move(logger));
  return output;
}

}  // namespace forkjail
