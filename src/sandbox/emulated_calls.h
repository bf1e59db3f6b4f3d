// Calls that the filter refuses and that the cell then answers itself, by a narrower call or by
// none.
//
// A filter cannot follow pointers, so it must refuse some calls completely of which honest scripts
// need a harmless part. The SIGSYS handler does that part here, with nothing but calls that the
// filter allows: it weakens no layer, and a script that calls this code gains nothing that it could
// not call directly. Async-signal-safe, no state. refused_calls.cpp is the only caller.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace forkjail::sandbox {

using CallArguments = std::span<const std::int64_t, 6>;

// The result for the caller's register, negative for an errno. Empty if the call stays refused.
[[nodiscard]] std::optional<std::int64_t> emulate_call(std::uint32_t number,
                                                       CallArguments arguments);

}  // namespace forkjail::sandbox
