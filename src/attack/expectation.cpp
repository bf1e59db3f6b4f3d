#include "attack/expectation.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

constexpr unsigned kOk = 200;
constexpr unsigned kScriptAtFault = 422;

// A member of an object, through a path of names; null when there is none.
const json::value* find(const json::value& value, std::initializer_list<std::string_view> path) {
  const json::value* found = &value;
  for (const std::string_view name : path) {
    const json::object* object = found->if_object();
    found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr) return nullptr;
  }
  return found;
}

std::string_view text_at(const json::value& value, std::initializer_list<std::string_view> path) {
  const json::value* found = find(value, path);
  if (found == nullptr || !found->is_string()) return {};
  return found->get_string();
}

// Empty where the text is not a finite number and nothing else.
std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool says(const Observed& observed, std::string_view member) {
  const json::value* said = find(observed.answer, {"result", member});
  return observed.status == kOk && said != nullptr && said->is_bool() && said->get_bool();
}

bool returned(const Observed& observed, std::string_view text) {
  boost::system::error_code ec;
  const json::value expected = json::parse(text, ec);
  const json::value* result = find(observed.answer, {"result"});
  return !ec && observed.status == kOk && result != nullptr && *result == expected;
}

bool peak_reached(const Observed& observed, std::optional<double> least) {
  const json::value* peak = find(observed.answer, {"usage", "memory_peak_mb"});
  return least && peak != nullptr && peak->is_number() && peak->to_number<double>() >= *least;
}

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

constexpr std::string_view kTimeBound = "within=";

bool is_text(std::string_view value) { return !value.empty(); }
bool is_number(std::string_view value) { return number_of(value).has_value(); }
bool is_json(std::string_view value) {
  boost::system::error_code ec;
  const json::value parsed = json::parse(value, ec);
  return !ec;
}

struct Condition {
  std::string_view start;  // up to its sign
  bool (*is_valid)(std::string_view value);
  bool (*holds)(const Observed& observed, std::string_view value);
};
constexpr std::array kConditions{
    Condition{"status=", is_number,
              [](const Observed& observed, std::string_view value) {
                return number_of(value) == observed.status;
              }},
    Condition{"kind=", is_text,
              [](const Observed& observed, std::string_view value) {
                return text_at(observed.answer, {"details", "kind"}) == value;
              }},
    Condition{"result=", is_json, returned},
    Condition{"error~", is_text,
              [](const Observed& observed, std::string_view value) {
                return contains(text_at(observed.answer, {"error"}), value);
              }},
    Condition{"stdout~", is_text,
              [](const Observed& observed, std::string_view value) {
                return contains(text_at(observed.answer, {"stdout"}), value);
              }},
    Condition{"peak_mb=", is_number,
              [](const Observed& observed, std::string_view value) {
                return peak_reached(observed, number_of(value));
              }},
};

bool is_said(std::string_view condition) { return condition == "held" || condition == "weaker"; }

const Condition* find_condition(std::string_view condition) {
  const auto* const found = std::ranges::find_if(
      kConditions, [&](const Condition& known) { return condition.starts_with(known.start); });
  return found == kConditions.end() ? nullptr : found;
}

// But for time bounds.
bool condition_holds(std::string_view condition, const Observed& observed) {
  if (is_said(condition)) return says(observed, condition);
  const Condition* known = find_condition(condition);
  return known != nullptr && known->holds(observed, condition.substr(known->start.size()));
}

bool is_condition(std::string_view condition) {
  if (is_said(condition)) return true;
  if (condition.starts_with(kTimeBound)) return is_number(condition.substr(kTimeBound.size()));
  const Condition* known = find_condition(condition);
  return known != nullptr && known->is_valid(condition.substr(known->start.size()));
}

// "4.0", with one digit behind the point.
std::string one_digit(double number) {
  std::array<char, 32> text{};
  const auto [end, code] =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed, 1);
  return code == std::errc() ? std::string(text.data(), end) : "?";
}

// "within=5 (took 6.2 s)"; on a slow place "within=5 x 1.5 (took 8.0 s)".
std::string missed_bound(std::string_view condition, const Observed& observed, double slowness) {
  std::string text(condition);
  if (slowness > 1) text += " x " + one_digit(slowness);
  return text + " (took " + one_digit(observed.elapsed.count()) + " s)";
}

struct Missed {
  std::size_t conditions = 0;  // that were looked at
  std::vector<std::string> of_time;
  std::vector<std::string> others;

  [[nodiscard]] Match match() const {
    if (conditions == 0 || !others.empty()) return Match::unmet;
    return of_time.empty() ? Match::met : Match::late;
  }
  [[nodiscard]] std::string to_string() const {
    std::string text;
    for (const auto* kind : {&others, &of_time}) {
      for (const std::string& condition : *kind) {
        text.append(text.empty() ? "" : ", ").append(condition);
      }
    }
    return text;
  }
  // Nearer to what was expected.
  friend bool operator<(const Missed& a, const Missed& b) {
    return std::pair(a.others.size(), a.of_time.size()) <
           std::pair(b.others.size(), b.of_time.size());
  }
};

Missed missed_of(const std::string& alternative, const Observed& observed, double slowness) {
  Missed missed;
  std::istringstream conditions(alternative);
  for (std::string condition; conditions >> condition; ++missed.conditions) {
    const bool is_bound = condition.starts_with(kTimeBound);
    const auto seconds = is_bound ? number_of(condition.substr(kTimeBound.size())) : std::nullopt;
    if (!seconds) {
      if (!condition_holds(condition, observed)) missed.others.push_back(condition);
    } else if (observed.elapsed.count() > *seconds * slowness) {
      missed.of_time.push_back(missed_bound(condition, observed, slowness));
    }
  }
  return missed;
}

}  // namespace

Assessment assess(std::string_view expectation, const Observed& observed, double slowness) {
  std::istringstream alternatives{std::string(expectation)};
  std::optional<Missed> nearest;
  for (std::string alternative; std::getline(alternatives, alternative, '|');) {
    Missed missed = missed_of(alternative, observed, slowness);
    if (missed.conditions == 0) continue;  // of an empty one nothing holds
    if (!nearest || missed < *nearest) nearest = std::move(missed);
  }
  if (!nearest) return {};
  return {nearest->match(), nearest->to_string()};
}

Status check_expectation(std::string_view expectation) {
  std::size_t begin = 0;
  while (begin <= expectation.size()) {
    const auto end = std::min(expectation.find('|', begin), expectation.size());
    std::istringstream conditions{std::string(expectation.substr(begin, end - begin))};
    std::size_t count = 0;
    for (std::string condition; conditions >> condition; ++count) {
      if (!is_condition(condition)) {
        return Error{"expectation", 0, "not a condition: " + condition};
      }
    }
    if (count == 0) return Error{"expectation", 0, "an alternative without a condition"};
    begin = end + 1;
  }
  return ok_status();
}

bool as_expected(std::string_view expectation, const Observed& observed) {
  return assess(expectation, observed).match == Match::met;
}

bool is_well_formed(const Observed& observed) {
  if (observed.status != kOk && observed.status != kScriptAtFault) return false;
  const std::string_view outcome = observed.status == kOk ? "result" : "error";
  return find(observed.answer, {outcome}) != nullptr &&
         find(observed.answer, {"stdout"}) != nullptr;
}

bool results_differ(const std::vector<Observed>& runs) {
  const json::value* first = runs.empty() ? nullptr : find(runs.front().answer, {"result"});
  if (first == nullptr || !first->is_object() || first->get_object().empty()) return false;
  return std::ranges::all_of(first->get_object(), [&](const auto& member) {
    std::set<std::string> values;
    for (const Observed& run : runs) {
      const json::value* value = find(run.answer, {"result", member.key()});
      if (value != nullptr) values.insert(json::serialize(*value));
    }
    return values.size() == runs.size();
  });
}

std::string seen(const Observed& observed, std::size_t characters_max) {
  std::string text;
  if (const auto kind = text_at(observed.answer, {"details", "kind"}); !kind.empty()) {
    text.append(kind).append(": ");
  }
  if (const json::value* said = find(observed.answer, {"result", "saw"})) {
    text += said->is_string() ? std::string(said->get_string()) : json::serialize(*said);
  } else if (const json::value* result = find(observed.answer, {"result"})) {
    text += json::serialize(*result);
  } else {
    text += text_at(observed.answer, {"error"});
  }
  if (text.empty()) text = "status " + std::to_string(observed.status);
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
  if (text.size() > characters_max) text = text.substr(0, characters_max - 3) + "...";
  return text;
}

}  // namespace forkjail::attack
