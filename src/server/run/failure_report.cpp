#include "server/run/failure_report.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/limits.h"
#include "json/utf8.h"

namespace forkjail::server {
namespace {

using protocol::FailureKind;

constexpr std::size_t kErrorLineBytesMax = 2'000;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kAdviceBytesMax = 1'000;

// Where a member's text goes and how much of it is kept.
struct TextMember {
  std::string_view name;
  std::string FailureReport::* field;
  std::size_t bytes_max;
};

constexpr std::array kTextMembers{
    TextMember{"type", &FailureReport::type, kNameBytesMax},
    TextMember{"message", &FailureReport::message, kFailureBytesMax},
    TextMember{"function", &FailureReport::function, kNameBytesMax},
    TextMember{"traceback", &FailureReport::traceback, kFailureBytesMax},
    TextMember{"advice", &FailureReport::advice, kAdviceBytesMax},
};

// False if the member is there and is not a string.
bool take_text(const boost::json::object& object, const TextMember& member, FailureReport& report) {
  const boost::json::value* value = object.if_contains(member.name);
  if (value == nullptr || value->is_null()) return true;
  if (!value->is_string()) return false;
  const boost::json::string& text = value->get_string();
  report.*member.field =
      json::without_cut_sequence(std::string_view(text).substr(0, member.bytes_max));
  return true;
}

bool take_integer(const boost::json::object& object, std::string_view name,
                  std::optional<std::int64_t>& field) {
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return true;
  if (!value->is_int64()) return false;
  field = value->get_int64();
  return true;
}

bool is_separator(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

// Control characters and runs of blanks become one blank; the rest beyond the cap becomes "...".
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (line.size() >= kErrorLineBytesMax) {
      return std::string(json::without_cut_sequence(line)) + "...";
    }
    if (!is_separator(c)) {
      line.push_back(c);
    } else if (!line.empty() && line.back() != ' ') {
      line.push_back(' ');
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string place(const FailureReport& report) {
  if (!report.line) return {};
  std::string text = " (line " + std::to_string(*report.line);
  // A syntax error has a line but lies in no function yet.
  if (report.kind != FailureKind::syntax && !report.function.empty()) {
    text += ", in " + one_line(report.function);
  }
  return text + ")";
}

std::string headline(const FailureReport& report) {
  const bool typed = report.kind == FailureKind::exception || report.kind == FailureKind::syntax;
  if (!typed) return report.message;
  std::string type = report.type;
  if (type.empty()) type = report.kind == FailureKind::syntax ? "SyntaxError" : "exception";
  return report.message.empty() ? type : type + ": " + report.message;
}

}  // namespace

std::optional<FailureReport> decode_failure(std::string_view payload) {
  constexpr std::size_t kDepthMax = 4;
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::system::error_code ec;
  const boost::json::value document = boost::json::parse(payload, ec, {}, options);
  if (ec || !document.is_object()) return std::nullopt;
  const boost::json::object& object = document.get_object();

  const boost::json::value* kind = object.if_contains("kind");
  if (kind == nullptr || !kind->is_string()) return std::nullopt;
  const auto claimed = protocol::claimed_kind(std::string_view(kind->get_string()));
  if (!claimed) return std::nullopt;

  FailureReport report;
  report.kind = *claimed;
  for (const TextMember& member : kTextMembers) {
    if (!take_text(object, member, report)) return std::nullopt;
  }
  if (!take_integer(object, "line", report.line)) return std::nullopt;
  if (!take_integer(object, "exit_code", report.exit_code)) return std::nullopt;
  return report;
}

std::string error_line(const FailureReport& report) {
  std::string line = one_line(headline(report));
  if (line.empty()) line = "the script failed (" + std::string(name_of(report.kind)) + ")";
  line += place(report);
  if (const std::string advice = one_line(report.advice); !advice.empty()) line += "; " + advice;
  return line;
}

}  // namespace forkjail::server
