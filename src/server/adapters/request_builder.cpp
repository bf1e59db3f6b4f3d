#include "server/adapters/request_builder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "json/text.h"
#include "server/api/request_checks.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

// Sets a limit by its row, whose units are those of the request's fields.
void set_clamped(RunLimits& limits, const RunLimits& maxima, std::string_view name, double value) {
  const RunLimitRow* const row = find_limit(run_limit_rows(), name);
  if (row == nullptr || !(value > 0)) return;
  row->set(limits, std::clamp(row->integral ? std::floor(value) : value, row->smallest,
                              std::max(row->smallest, row->get(maxima))));
}

}  // namespace

void RequestBuilder::note(std::optional<RequestError> problem) {
  if (!problem_) problem_ = std::move(problem);
}

void RequestBuilder::script(std::string_view source, std::string_view name) {
  note(script_size_problem(source.size(), name));
  if (source.empty()) note(RequestError{400, std::string(name) + ": must not be empty"});
  if (!problem_) request_.script = source;
}

void RequestBuilder::argv(std::span<const std::string> arguments) {
  std::string json = "[";
  for (const std::string& argument : arguments) {
    if (json.size() > 1) json += ",";
    json::append_string(json, argument);
  }
  request_.args_json = json + "]";
}

void RequestBuilder::env(std::string_view name, std::string_view value) {
  note(variable_name_problem(name));
  note(variable_value_problem(name, value));
  note(variables_problem(++env_entries_,
                         request_.env_block.size() + name.size() + value.size() + 2));
  if (problem_) return;
  request_.env_block.append(name).append("=").append(value).push_back('\0');
}

void RequestBuilder::file(std::string_view path, std::string_view content,
                          protocol::FileEncoding encoding) {
  if (problem_) return;
  note(files_.begin_file());
  const auto member = [this](std::string_view name, std::string_view text) {
    if (!problem_) note(files_.begin_member(name));
    if (!problem_) note(files_.text_part(text));
    if (!problem_) note(files_.text_end());
  };
  member("path", path);
  member("encoding", encoding == protocol::FileEncoding::base64 ? "base64" : "utf-8");
  member("content", content);
  if (!problem_) note(files_.end_file());
}

void RequestBuilder::limit_wall_time(double seconds) {
  set_clamped(request_.limits, maxima_, "wall_time_s", seconds);
}
void RequestBuilder::limit_cpu_time(double seconds) {
  set_clamped(request_.limits, maxima_, "cpu_time_s", seconds);
}
void RequestBuilder::limit_memory(double bytes) {
  set_clamped(request_.limits, maxima_, "memory_mb", bytes / static_cast<double>(kMiB));
}
void RequestBuilder::limit_output(double bytes) {
  set_clamped(request_.limits, maxima_, "output_bytes", bytes);
}

Decoded RequestBuilder::finish() {
  if (!problem_) note(files_.finish());
  if (problem_) return *std::move(problem_);
  request_.file_block = files_.take_block();
  return std::move(request_);
}

}  // namespace forkjail::server
