// Checks of one request's header that decide how many bytes its body has and whether two readers of
// the same bytes could disagree about that (request smuggling). Stricter than the parser. Pure.
#pragma once

#include <boost/beast/http/message.hpp>
#include <optional>
#include <string_view>

#include "http/limits.h"

namespace forkjail::http {

struct FramingError {
  unsigned status;
  std::string_view message;
};

[[nodiscard]] std::optional<FramingError> check_framing(const boost::beast::http::fields& headers,
                                                        unsigned version, std::string_view target,
                                                        const Limits& limits);

// True when one of these lines goes on in the next one, which begins with a blank (obs-fold). The
// parser joins them without a trace, and not every reader does.
[[nodiscard]] bool has_folded_line(std::string_view lines);

}  // namespace forkjail::http
