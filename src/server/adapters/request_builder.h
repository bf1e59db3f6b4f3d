// An ExecutionRequest from parts that an adapter has read, each checked as /execute checks it, with
// the same words. The first problem stays. Limits are clamped to the caller's maxima: the clients
// of other systems send their own defaults, which may be higher. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "protocol/file_block.h"
#include "server/api/file_fields.h"
#include "server/api/request_decoder.h"
#include "server/run/execution_request.h"

namespace forkjail::server {

class RequestBuilder {
 public:
  explicit RequestBuilder(const RunLimits& maxima) : maxima_(maxima) {
    request_.limits = maxima;
    request_.mode = protocol::RunMode::program;
  }

  // `name`: what the client calls it.
  void script(std::string_view source, std::string_view name = "script");
  void mode(protocol::RunMode mode) { request_.mode = mode; }
  void argv(std::span<const std::string> arguments);                          // of mode program
  void args_json(std::string json) { request_.args_json = std::move(json); }  // checked JSON
  void stdin_text(std::string_view text) { request_.stdin_text = text; }
  void env(std::string_view name, std::string_view value);
  // `content` as it is encoded.
  void file(std::string_view path, std::string_view content, protocol::FileEncoding encoding);
  // Not above the maximum, and not below what makes sense. 0 and less: the maximum.
  void limit_wall_time(double seconds);
  void limit_cpu_time(double seconds);
  void limit_memory(double bytes);
  void limit_output(double bytes);
  void include(AnswerPart part) { request_.include.add(part); }
  void as_events() { request_.as_events = true; }
  // The client's interface has no fields for stdin, arguments and mode.
  void advise_without_fields() { request_.advice_without_fields = true; }

  [[nodiscard]] const std::optional<RequestError>& problem() const { return problem_; }
  // Once, at the end: the request, or what is wrong with it.
  [[nodiscard]] Decoded finish();

 private:
  void note(std::optional<RequestError> problem);

  RunLimits maxima_;
  ExecutionRequest request_;
  FileFields files_;
  std::size_t env_entries_ = 0;
  std::optional<RequestError> problem_;
};

}  // namespace forkjail::server
