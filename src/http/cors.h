// Which other origins' pages may read the answers, as browsers ask for it (CORS): those that are
// listed, and no other. Without a list nothing is said, and a browser shows no page an answer.
//
// A key is sent in a header that the page sets itself, so credentials of the browser's own
// (cookies, client certificates) are never allowed. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/router.h"

namespace forkjail::http {

class Cors {
 public:
  // As parse_origins() gives them, at least one.
  explicit Cors(const std::vector<std::string>& origins);

  // What the head of an answer has in addition: whole lines, each behind a line end.
  [[nodiscard]] std::string_view lines_for(std::string_view origin) const;

  // The answer to a preflight of a listed origin, whatever the path takes; empty: it is none.
  [[nodiscard]] std::optional<Response> answer_preflight(const Request& request,
                                                         const RouteMatch& match) const;

 private:
  std::map<std::string, std::string, std::less<>> lines_;  // by origin
};

// "https://a.example,http://localhost:3000", as browsers write them in Origin. Empty: one of them
// is not an origin; "*" and "null" are none.
[[nodiscard]] std::optional<std::vector<std::string>> parse_origins(std::string_view text);

}  // namespace forkjail::http
