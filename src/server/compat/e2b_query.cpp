#include "server/compat/e2b_query.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/compat/json_members.h"
#include "server/compat/object_text.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kMembersMax = 100;

std::optional<unsigned> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

// As a form is encoded. Invalid escapes stay as they stand.
std::string decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto high = c == '%' && at + 2 < text.size() ? digit(text[at + 1]) : std::nullopt;
    const auto low = high ? digit(text[at + 2]) : std::nullopt;
    if (low) {
      out.push_back(static_cast<char>(*high << 4U | *low));
      at += 2;
    } else {
      out.push_back(c == '+' ? ' ' : c);
    }
  }
  return out;
}

bool has_member(std::string_view object, std::string_view name, std::string_view value) {
  const std::string wanted_name = json_quoted(name);
  const std::string wanted_value = json_quoted(value);
  JsonMembers members(object);
  while (const auto member = members.next()) {
    if ("\"" + std::string(member->name) + "\"" == wanted_name && member->value == wanted_value) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> query_members(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> members;
  while (!query.empty() && members.size() < kMembersMax) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view member = query.substr(0, end);
    const auto equals = std::min(member.find('='), member.size());
    if (!member.empty()) {
      members.emplace_back(decoded(member.substr(0, equals)),
                           decoded(member.substr(std::min(equals + 1, member.size()))));
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return members;
}

std::string query_member(std::string_view query, std::string_view name) {
  for (auto& [each, value] : query_members(query)) {
    if (each == name) return std::move(value);
  }
  return {};
}

E2bFilter::E2bFilter(std::string_view query) {
  constexpr std::size_t kMetadataMax = 16;  // each is looked for in each sandbox
  constexpr std::array<std::string_view, 5> kHarmless{"limit", "nextToken", "order", "source", ""};
  for (const auto& [name, value] : query_members(query)) {
    if (name == "state") {
      states_.append(value).append(",");
    } else if (name == "template") {
      template_ = value;
    } else if (name == "metadata") {
      // The clients escape each name and value before they make a query of them.
      for (const auto& [key, text] : query_members(value)) {
        if (metadata_.size() == kMetadataMax) break;
        metadata_.emplace_back(decoded(key), decoded(text));
      }
    } else if (std::ranges::find(kHarmless, name) == kHarmless.end()) {
      unknown_ = name;
    }
  }
}

bool E2bFilter::takes(std::string_view state, std::string_view template_id,
                      std::string_view metadata_json) const {
  const auto has = [metadata_json](const auto& wanted) {
    return has_member(metadata_json, wanted.first, wanted.second);
  };
  const bool is_in_state = states_.empty() || states_.find(state) != std::string::npos;
  return is_in_state && (template_.empty() || template_ == template_id) &&
         std::ranges::all_of(metadata_, has);
}

}  // namespace forkjail::server
