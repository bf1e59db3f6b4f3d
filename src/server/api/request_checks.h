// What a request to run a script must keep to, whatever protocol it came by: the checks that
// /execute and the adapters share, with their words. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/api/request_decoder.h"

namespace forkjail::server {

// What is wrong; empty: nothing. `field`: what the client calls it.
[[nodiscard]] std::optional<RequestError> script_size_problem(std::size_t bytes,
                                                              std::string_view field);
[[nodiscard]] std::optional<RequestError> variable_name_problem(std::string_view name);
[[nodiscard]] std::optional<RequestError> variable_value_problem(std::string_view name,
                                                                 std::string_view value);
// Of all variables together: how many, and the bytes of their names and values.
[[nodiscard]] std::optional<RequestError> variables_problem(std::size_t count, std::size_t bytes);

}  // namespace forkjail::server
