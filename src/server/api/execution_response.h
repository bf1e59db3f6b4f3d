// The answers of POST /execute: the two shapes of the contract, and what `include` or `verbose`
// adds to them. Pure; main()'s value and the mime bundles are spliced in byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "server/run/execution_request.h"
#include "server/run/outcome.h"
#include "server/run/run_report.h"

namespace forkjail::server {

// What an answer can have beside its two fields. The views outlive the call.
struct AnswerExtras {
  AnswerParts parts;  // those that were asked for
  RunUsage usage;
  std::string_view isolation_json;        // {"level": ..., "layers": [...]}
  std::string_view syscalls;              // names of the refused calls, or empty
  const RunDisplays* displays = nullptr;  // null: there are none
  bool displays_if_any = false;           // shown without being asked for
  bool files_truncated = false;
};

// {"result": ..., "stdout": ...}. But for `files`, which LeftFilesJson appends in slices.
[[nodiscard]] std::string success_body(std::string_view value_json, const RunOutput& output,
                                       const AnswerExtras& extras);

// {"error": ..., "stdout": ...}, likewise.
[[nodiscard]] std::string failure_body(const Failed& failure, const RunOutput& output,
                                       const AnswerExtras& extras);

// {"error": ..., "stdout": ""}: of a request that did not run. Its clients always find `stdout`.
void execution_error(http::Response& response, std::string_view message);

// Of what something was dropped: "stdout, files"; empty: of nothing.
[[nodiscard]] std::string truncated_parts(const RunOutput& output, bool files_truncated);

}  // namespace forkjail::server
