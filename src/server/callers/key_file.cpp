#include "server/callers/key_file.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <set>

#include "json/text.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

using boost::json::object;
using boost::json::value;
using Problem = std::optional<std::string>;

constexpr std::size_t kNameMax = 64;
constexpr std::size_t kDepthMax = 8;
constexpr double kCountMax = 1'000'000;

std::string number_text(double number) {
  std::string text;
  json::append_number(text, number);
  return text;
}

// A number within bounds; `whole`: without a fraction.
Problem read_number(const value& given, double lowest, double highest, bool whole, double& number) {
  boost::system::error_code ec;
  const auto read = given.is_number() ? given.to_number<double>(ec) : 0;
  const bool fits = given.is_number() && !ec && read >= lowest && read <= highest &&
                    (!whole || read == static_cast<double>(static_cast<std::int64_t>(read)));
  if (!fits) {
    return std::string(whole ? "must be a whole number from " : "must be a number from ") +
           number_text(lowest) + " to " + number_text(highest);
  }
  number = read;
  return std::nullopt;
}

Problem read_count(const value& given, double lowest, std::uint32_t& count) {
  double number = 0;
  if (auto problem = read_number(given, lowest, kCountMax, true, number)) return problem;
  count = static_cast<std::uint32_t>(number);
  return std::nullopt;
}

Problem read_limits(const value& given, RunLimits& maxima) {
  if (!given.is_object()) return "must be an object";
  const RunLimits most = maxima;
  for (const auto& [name, limit] : given.get_object()) {
    boost::system::error_code ec;
    const double number = limit.is_number() ? limit.to_number<double>(ec) : 0;
    if (find_limit(run_limit_rows(), name) == nullptr) return "has an unknown member";
    if (!limit.is_number() || ec) return "must hold numbers";
    if (auto problem =
            set_limit(run_limit_rows(), maxima, most, name, {number, !limit.is_double()})) {
      return std::string(name) + ": " + *problem;
    }
  }
  return std::nullopt;
}

Problem read_expiry(const value& given, KeyRow& row) {
  if (given.is_string()) row.expires_at = parse_utc(given.get_string());
  if (row.expires_at) return std::nullopt;
  return "must be a time like \"2027-01-31\" or \"2027-01-31T12:00:00Z\"";
}

// What a row can say.
struct MemberRow {
  std::string_view name;
  Problem (*read)(const value& given, KeyRow& row);
};
constexpr std::array kMembers{
    MemberRow{"name",
              [](const value& given, KeyRow& row) -> Problem {
                if (!given.is_string() || !is_key_name(given.get_string())) {
                  return "must be 1 to 64 letters, digits, dots, dashes or underscores";
                }
                row.name = given.get_string();
                return std::nullopt;
              }},
    MemberRow{"key_sha256",
              [](const value& given, KeyRow& row) -> Problem {
                const auto digest = given.is_string() ? parse_digest(given.get_string())
                                                      : std::optional<KeyDigest>();
                if (!digest) return "must be 64 hexadecimal digits";
                row.digest = *digest;
                return std::nullopt;
              }},
    MemberRow{"rate_per_s",
              [](const value& given, KeyRow& row) {
                return read_number(given, 0.001, kCountMax, false, row.rate.per_s);
              }},
    MemberRow{"burst",
              [](const value& given, KeyRow& row) {
                return read_number(given, 1, kCountMax, false, row.rate.burst);
              }},
    MemberRow{"running_max",
              [](const value& given, KeyRow& row) {
                return read_count(given, 1, row.share.running_max);
              }},
    MemberRow{"queue_max", [](const value& given,
                              KeyRow& row) { return read_count(given, 0, row.share.queue_max); }},
    MemberRow{"weight", [](const value& given,
                           KeyRow& row) { return read_count(given, 1, row.share.weight); }},
    MemberRow{"sessions_max",
              [](const value& given, KeyRow& row) {
                return read_count(given, 0, row.sessions_max.emplace());
              }},
    MemberRow{"limits",
              [](const value& given, KeyRow& row) { return read_limits(given, row.maxima); }},
    MemberRow{"expires_at",
              [](const value& given, KeyRow& row) { return read_expiry(given, row); }},
    MemberRow{"isolated",
              [](const value& given, KeyRow& row) -> Problem {
                if (!given.is_bool()) return "must be true or false";
                row.isolated = given.get_bool();
                return std::nullopt;
              }},
};

Problem read_row(const value& given, KeyRow& row) {
  if (!given.is_object()) return "must be an object";
  const object& members = given.get_object();
  for (const auto& [name, member] : members) {
    const auto* const found = std::ranges::find(kMembers, std::string_view(name), &MemberRow::name);
    if (found == kMembers.end()) return "has an unknown member";
    if (auto problem = found->read(member, row)) return std::string(name) + ": " + *problem;
  }
  for (const std::string_view needed : {"name", "key_sha256"}) {
    if (!members.contains(needed)) return std::string(needed) + ": is missing";
  }
  if (members.contains("burst") && !members.contains("rate_per_s")) {
    return "burst: needs rate_per_s";
  }
  if (!members.contains("burst")) row.rate.burst = std::max(1.0, row.rate.per_s);
  return std::nullopt;
}

std::optional<value> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::system::error_code ec;
  value parsed = boost::json::parse(text, ec, {}, options);
  return ec ? std::nullopt : std::optional(std::move(parsed));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The rows as JSON. Empty: it is not JSON, and `where` says of what.
std::optional<std::vector<value>> split_rows(std::string_view text, std::string& where) {
  std::vector<value> rows;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    where = "the file";
    const auto whole = parse_json(text);
    if (!whole || !whole->is_array()) return std::nullopt;
    rows.assign(whole->get_array().begin(), whole->get_array().end());
    return rows;
  }
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    const std::string_view one = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (is_blank(one)) continue;
    where = "line " + std::to_string(line);
    auto row = parse_json(one);
    if (!row || rows.size() > kKeysMax) return std::nullopt;
    rows.push_back(*std::move(row));
  }
  return rows;
}

}  // namespace

std::variant<std::vector<KeyRow>, KeyFileProblem> parse_key_file(std::string_view text,
                                                                 const RunLimits& maxima) {
  if (text.size() > kKeyFileBytesMax) return KeyFileProblem{"it is larger than 4 MB"};
  std::string where;
  const auto values = split_rows(text, where);
  if (!values) return KeyFileProblem{where + " is not valid JSON"};
  if (values->empty()) return KeyFileProblem{"it has no keys"};
  if (values->size() > kKeysMax) return KeyFileProblem{"it has more than 10000 keys"};
  std::vector<KeyRow> rows;
  rows.reserve(values->size());
  std::set<std::string, std::less<>> names;
  std::set<KeyDigest> digests;
  protocol::Owner isolated = 0;
  for (const value& each : *values) {
    KeyRow& row = rows.emplace_back();
    row.maxima = maxima;
    auto problem = read_row(each, row);
    if (!problem && !names.insert(row.name).second) problem = "name: another key has it too";
    if (!problem && !digests.insert(row.digest).second) problem = "key_sha256: comes twice";
    if (!problem && row.isolated && ++isolated > protocol::kIsolatedOwnersMax) {
      problem = "isolated: at most " + std::to_string(protocol::kIsolatedOwnersMax) +
                " keys can have a zygote of their own";
    }
    if (problem) return KeyFileProblem{"key " + std::to_string(rows.size()) + ": " + *problem};
  }
  return rows;
}

std::string key_row_json(std::string_view name, const KeyDigest& digest) {
  std::string json = "{";
  json::append_key(json, "name");
  json::append_string(json, name);
  json::append_key(json, "key_sha256");
  json::append_string(json, hex_of(digest));
  return json + "}";
}

bool is_key_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, is_plain);
}

std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text) {
  // Where a number stands, and what stands around it.
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  constexpr std::size_t kDate = 10;
  if (text.size() != kDate && text.size() != kForm.size()) return std::nullopt;
  std::array<int, 6> numbers{};
  std::size_t n = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (digit != (kForm[i] == '0') || (!digit && text[i] != kForm[i])) return std::nullopt;
    if (digit) {
      numbers.at(n) = (numbers.at(n) * 10) + (text[i] - '0');
    } else {
      ++n;
    }
  }
  const auto [year, month, day, hour, minute, second] = numbers;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string utc_text(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02ld:%02ld:%02ldZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<long>(clock.hours().count()),
                static_cast<long>(clock.minutes().count()),
                static_cast<long>(clock.seconds().count()));
  return text.data();
}

}  // namespace forkjail::server
