#include "supervisor/jail_log.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace forkjail::supervisor {
namespace {

constexpr int kReadsMax = 4;  // in one turn of the loop

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string shown(std::string_view line) {
  const bool cut = line.size() > kJailLineBytesMax;
  std::string text(line.substr(0, kJailLineBytesMax));
  std::ranges::replace_if(text, is_control, ' ');
  return cut ? text + " ..." : text;
}

// nsjail's lines begin with "[W][2025-11-28T09:55:39+0000]"; a zygote's are whatever a library
// found worth a word.
spdlog::level::level_enum level_of(std::string_view line) {
  if (line.starts_with("[F]")) return spdlog::level::critical;
  if (line.starts_with("[E]")) return spdlog::level::err;
  if (line.starts_with("[I]") || line.starts_with("[D]")) return spdlog::level::info;
  return spdlog::level::warn;
}

}  // namespace

std::vector<std::string> JailLines::feed(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    // One byte more than is shown says that there was more.
    const std::size_t room = kJailLineBytesMax + 1 - begun_.size();
    begun_.append(bytes.substr(0, std::min(end, room)));
    if (end == std::string_view::npos) break;
    lines.push_back(rest());
    bytes.remove_prefix(end + 1);
  }
  std::erase_if(lines, [](const std::string& line) { return line.empty(); });
  return lines;
}

std::string JailLines::rest() { return shown(std::exchange(begun_, {})); }

void JailLog::read() {
  std::array<char, 4096> buffer;  // NOLINT(*-member-init): read(2) fills it
  for (int i = 0; i < kReadsMax && pipe_.valid(); ++i) {
    const ssize_t n = ::read(pipe_.get(), buffer.data(), buffer.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) {
      if (const std::string last = lines_.rest(); !last.empty()) say(last);
      say_left_out();
      pipe_.reset();
      return;
    }
    for (const auto& line : lines_.feed({buffer.data(), static_cast<std::size_t>(n)})) say(line);
  }
}

void JailLog::say(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  if (now - second_ >= std::chrono::seconds(1)) {
    second_ = now;
    lines_in_second_ = 0;
    say_left_out();
  }
  if (++lines_in_second_ > kJailLinesASecondMax) {
    ++left_out_;
    return;
  }
  spdlog::log(level_of(line), "{}: {}", name_, line);
}

void JailLog::say_left_out() {
  const auto lines = std::exchange(left_out_, 0);
  if (lines > 0) spdlog::warn("{}: {} more lines were left out", name_, lines);
}

}  // namespace forkjail::supervisor
