// Any body is either refused with a 4xx and a reason, or a request within every bound; and in
// slices it comes to the same as in one piece.
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "base/check.h"
#include "json/check.h"
#include "protocol/file_block.h"
#include "server/api/file_fields.h"
#include "server/api/request_decoder.h"

using namespace forkjail;
using namespace forkjail::server;

namespace {

bool is_same(const ExecutionRequest& a, const ExecutionRequest& b) {
  const auto parts = [](const ExecutionRequest& request) {
    const RunLimits& limits = request.limits;
    return std::tie(request.script, request.args_json, request.stdin_text, request.env_block,
                    request.file_block, request.mode, limits.wall_time, limits.cpu_time,
                    limits.memory_bytes, limits.output_bytes);
  };
  return parts(a) == parts(b);
}

// Small, so that every token of a short body is cut somewhere.
void check_slices(std::string_view body, const Decoded& whole) {
  for (const std::size_t slice : {1U, 2U, 3U, 7U}) {
    RequestDecoder decoder(body, RequestTerms{}, json::HashSecret{});
    while (decoder.step(slice)) {
    }
    const auto sliced = decoder.finish();
    FORKJAIL_CHECK(sliced.index() == whole.index());
    if (const auto* request = std::get_if<ExecutionRequest>(&sliced)) {
      FORKJAIL_CHECK(is_same(*request, std::get<ExecutionRequest>(whole)));
    } else {
      FORKJAIL_CHECK(!std::get<RequestError>(sliced).message.empty());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const RunLimits maxima;
  const auto decoded = decode_execution_request(body, maxima, json::HashSecret{});
  check_slices(body, decoded);
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    FORKJAIL_CHECK(error->status >= 400 && error->status < 500);
    FORKJAIL_CHECK(!error->message.empty());
    return 0;
  }
  const auto& request = std::get<ExecutionRequest>(decoded);
  FORKJAIL_CHECK(!request.script.empty() && request.script.size() <= kScriptBytesMax);
  FORKJAIL_CHECK(request.args_json.empty() || json::is_valid(request.args_json, kJsonDepthMax));
  FORKJAIL_CHECK(request.env_block.size() <= kEnvBytesMax);
  FORKJAIL_CHECK(request.env_block.empty() || request.env_block.back() == '\0');
  protocol::FileBlockReader files(request.file_block);
  for (std::size_t count = 0; const auto file = files.next(); ++count) {
    FORKJAIL_CHECK(path_problem(file->path).empty() && count < kFilesMax);
  }
  FORKJAIL_CHECK(!files.malformed());
  FORKJAIL_CHECK(request.limits.wall_time.count() > 0);
  FORKJAIL_CHECK(request.limits.wall_time <= maxima.wall_time);
  FORKJAIL_CHECK(request.limits.cpu_time.count() > 0);
  FORKJAIL_CHECK(request.limits.cpu_time <= maxima.cpu_time);
  FORKJAIL_CHECK(request.limits.memory_bytes <= maxima.memory_bytes);
  FORKJAIL_CHECK(request.limits.output_bytes <= maxima.output_bytes);
  return 0;
}
