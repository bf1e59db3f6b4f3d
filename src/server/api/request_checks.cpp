#include "server/api/request_checks.h"

#include "base/limits.h"
#include "server/api/name_texts.h"

namespace forkjail::server {

std::optional<RequestError> script_size_problem(std::size_t bytes, std::string_view field) {
  if (bytes <= kScriptBytesMax) return std::nullopt;
  return RequestError{413, std::string(field) + ": larger than " + std::to_string(kScriptBytesMax) +
                               " bytes; send data in files, args or stdin"};
}

std::optional<RequestError> variable_name_problem(std::string_view name) {
  const bool is_valid = !name.empty() && name.find('=') == std::string_view::npos &&
                        name.find('\0') == std::string_view::npos;
  if (is_valid) return std::nullopt;
  return RequestError{400, "env: " + in_quotes(name) +
                               " is not a valid variable name: it must be non-empty and contain "
                               "neither '=' nor NUL"};
}

std::optional<RequestError> variable_value_problem(std::string_view name, std::string_view value) {
  if (value.find('\0') == std::string_view::npos) return std::nullopt;
  return RequestError{400, "env." + std::string(name) + ": a value must not contain NUL"};
}

std::optional<RequestError> variables_problem(std::size_t count, std::size_t bytes) {
  if (count > kEnvEntriesMax) {
    return RequestError{400, "env: at most " + std::to_string(kEnvEntriesMax) + " variables"};
  }
  if (bytes > kEnvBytesMax) {
    return RequestError{400, "env: larger than " + std::to_string(kEnvBytesMax) + " bytes in all"};
  }
  return std::nullopt;
}

}  // namespace forkjail::server
