// Calls that the kernel refuses and the cell then answers itself, by a narrower call or none.
//
// A filter cannot look behind a pointer, so it must refuse some calls whole of which honest scripts
// need a harmless part. Such a part is done here, in the SIGSYS handler, with nothing but what the
// filter allows anyway: no wall is lowered, and a script that calls this code gains nothing that it
// could not call directly. Async-signal-safe, no state. refused_calls.cpp is the only caller.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace forkjail::sandbox {

using CallArguments = std::span<const std::int64_t, 6>;

// The result for the caller's register, negative for an errno; nothing when the call stays refused.
[[nodiscard]] std::optional<std::int64_t> emulate_call(std::uint32_t number,
                                                       CallArguments arguments);

}  // namespace forkjail::sandbox
