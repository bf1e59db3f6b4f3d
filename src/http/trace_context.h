// The trace that a request belongs to, for its line in the log: from `traceparent` (W3C) or
// `X-Cloud-Trace-Context` (Google's front ends). A client can send what it likes, so only what has
// exactly the right form is taken. Pure.
#pragma once

#include <string>
#include <string_view>

namespace forkjail::http {

struct TraceContext {
  std::string trace;  // 32 hex digits; empty: none
  std::string span;   // 16 hex digits; may be empty
  bool sampled = false;
};

// Either may be empty. `traceparent` wins where both are right.
[[nodiscard]] TraceContext trace_context(std::string_view traceparent,
                                         std::string_view cloud_trace_context);

}  // namespace forkjail::http
