#include "main/flag_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "http/cors.h"
#include "server/callers/client_address.h"

namespace forkjail {
namespace {

// The whole text as a number.
template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return value;
}

template <typename Number>
std::string text_of(Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

template <typename Number>
FlagRule number_within(std::string_view kind, Number lowest, Number highest) {
  const std::string wrong =
      "is not a " + std::string(kind) + " from " + text_of(lowest) + " to " + text_of(highest);
  return [=](const std::string& value) {
    const auto given = number_of<Number>(value);
    const bool fits = given && *given >= lowest && *given <= highest;
    return fits ? std::string() : wrong;
  };
}

}  // namespace

FlagRule whole_number(std::uint64_t lowest, std::uint64_t highest) {
  return number_within("whole number", lowest, highest);
}

FlagRule number(double lowest, double highest) { return number_within("number", lowest, highest); }

FlagRule word_or(std::string word, FlagRule rule) {
  return [word = std::move(word), rule = std::move(rule)](const std::string& value) {
    const std::string wrong = value == word ? "" : rule(value);
    return wrong.empty() ? wrong : wrong + ", nor " + word;
  };
}

FlagRule one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& value) {
    if (std::ranges::find(words, value) != words.end()) return std::string();
    std::string wrong = "is not one of ";
    for (const std::string& word : words) wrong += word + (word == words.back() ? "" : ", ");
    return wrong;
  };
}

FlagRule some_of(std::vector<std::string> words) {
  return [words = std::move(words)](const std::string& value) {
    for (const std::string& word : words_of(value)) {
      if (auto wrong = one_of(words)(word); !wrong.empty()) return wrong + ", separated by commas";
    }
    return std::string();
  };
}

FlagRule ip_address() {
  return [](const std::string& value) {
    in6_addr address{};
    const std::string host = value.substr(0, value.find('%'));  // fe80::1%eth0
    const bool known = ::inet_pton(AF_INET, value.c_str(), &address) == 1 ||
                       ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
    return known ? std::string() : "is not an IP address, such as 0.0.0.0, 127.0.0.1 or ::";
  };
}

FlagRule absolute_path() {
  return [](const std::string& value) {
    return value.starts_with('/') ? std::string() : "is not an absolute path";
  };
}

FlagRule networks() {
  return [](const std::string& value) {
    return server::parse_networks(value) ? std::string()
                                         : "is not a list of networks, such as 10.0.0.0/8,fd00::/8";
  };
}

std::vector<std::string> words_of(std::string_view list) {
  std::vector<std::string> words;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (comma > 0) words.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return words;
}

FlagRule origins() {
  return [](const std::string& value) {
    return http::parse_origins(value)
               ? std::string()
               : "is not a list of origins as browsers write them, such as https://a.example";
  };
}

}  // namespace forkjail
