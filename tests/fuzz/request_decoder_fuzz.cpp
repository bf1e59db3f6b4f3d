// Any body is either refused with a 4xx and a reason, or a request within every bound.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "server/json_check.h"
#include "server/request_decoder.h"

using namespace forkjail;
using namespace forkjail::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const RunLimits maxima;
  const auto decoded = decode_execution_request(body, maxima);
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    FORKJAIL_CHECK(error->status >= 400 && error->status < 500);
    FORKJAIL_CHECK(!error->message.empty());
    return 0;
  }
  const auto& request = std::get<ExecutionRequest>(decoded);
  FORKJAIL_CHECK(!request.script.empty() && request.script.size() <= kScriptBytesMax);
  FORKJAIL_CHECK(request.args_json.empty() || is_json(request.args_json, kJsonDepthMax));
  FORKJAIL_CHECK(request.env_block.size() <= kEnvBytesMax);
  FORKJAIL_CHECK(request.env_block.empty() || request.env_block.back() == '\0');
  FORKJAIL_CHECK(request.limits.wall_time.count() > 0);
  FORKJAIL_CHECK(request.limits.wall_time <= maxima.wall_time);
  FORKJAIL_CHECK(request.limits.cpu_time.count() > 0);
  FORKJAIL_CHECK(request.limits.cpu_time <= maxima.cpu_time);
  FORKJAIL_CHECK(request.limits.memory_bytes <= maxima.memory_bytes);
  FORKJAIL_CHECK(request.limits.output_bytes <= maxima.output_bytes);
  return 0;
}
