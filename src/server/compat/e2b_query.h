// The query of a URL, and what E2B's clients ask a list of sandboxes by. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forkjail::server {

// The members of a query, decoded, in order; at most a hundred.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> query_members(
    std::string_view query);
// The first of this name; empty: there is none.
[[nodiscard]] std::string query_member(std::string_view query, std::string_view name);

// Of `state=paused&template=base&metadata=user%3Dabc%26app%3Dprod`.
class E2bFilter {
 public:
  explicit E2bFilter(std::string_view query);

  // A member that would leave out some, and is not understood; empty: there is none.
  [[nodiscard]] const std::string& unknown() const { return unknown_; }
  // A sandbox in this state, "running" or "paused", with this metadata, a JSON object of texts.
  [[nodiscard]] bool takes(std::string_view state, std::string_view template_id,
                           std::string_view metadata_json) const;

 private:
  std::string states_;  // each with a comma behind it; empty: any
  std::string unknown_;
  std::string template_;  // empty: any
  std::vector<std::pair<std::string, std::string>> metadata_;
};

}  // namespace forkjail::server
