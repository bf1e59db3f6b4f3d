#include "zygote/cell_run.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

#include "protocol/run_frames.h"
#include "sandbox/refused_calls.h"
#include "sandbox/step_trace.h"
#include "zygote/json_text.h"
#include "zygote/reply_pipe.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;
using protocol::RunPart;

// The request as Python gets it. Without display nothing is drawn or formatted.
RunRequest run_request(const CellRequest& request) {
  const protocol::RunRequestHeader& header = request.header();
  RunRequest run{.script = request.part(RunPart::script),
                 .args_json = request.part(RunPart::args),
                 .env_block = request.part(RunPart::env),
                 .memory_bytes = header.memory_bytes,
                 .mode = header.mode,
                 .display_details = (header.wants & protocol::kWantsDisplayDetails) != 0,
                 .advice_without_fields = (header.wants & protocol::kAdviceWithoutFields) != 0};
  if ((header.wants & protocol::kWantsDisplay) != 0) {
    run.display = [](std::string_view bundle) { send_frame(FrameType::display, bundle); };
  }
  return run;
}

// Refused process starts are sent only if the run failed because of one: libraries try to start a
// process and work without it.
void send_refused_calls(bool with_processes) {
  std::array<std::uint32_t, protocol::kRefusedSyscallsMax> numbers{};
  auto end = std::ranges::copy(sandbox::refused_calls(), numbers.begin()).out;
  if (with_processes) {
    const auto processes = sandbox::refused_processes();
    const auto room = static_cast<std::size_t>(numbers.end() - end);
    end = std::ranges::copy(processes.first(std::min(room, processes.size())), end).out;
  }
  const std::span refused(numbers.begin(), end);
  if (!refused.empty()) send_frame(FrameType::refused_syscalls, std::as_bytes(refused));
}

// The outputs stay open, because closing each would wake the server; it reads them when it has the
// reply.
void send_reply(const RunReply& reply) {
  std::fflush(nullptr);  // what C code of the script printed
  send_refused_calls(reply.lacks_permission);
  send_frame(reply.type, reply.payload);
}

}  // namespace

void reply_not_begun(std::string_view what, const Error& error) {
  std::string json = R"({"kind":"exception","type":"OSError","message":)";
  append_json_string(json, std::string(what) + ": " + std::strerror(error.sys_errno));
  send_frame(FrameType::failure, json + "}");
}

Result<std::vector<PlacedFile>> place_files_of(CellRequest& request, PlacedOver over) {
  const std::string_view block = request.part(RunPart::files);
  if (block.empty()) return std::vector<PlacedFile>{};
  const bool recognise = (request.header().wants & protocol::kWantsFiles) != 0;
  auto placed = place_files(block, recognise && over == PlacedOver::nothing, over);
  if (placed) request.drop_files();
  return placed;
}

void run_and_reply(PythonHost& host, const CellRequest& request, const AfterRun& after) {
  const auto reply = host.run(run_request(request));
  sandbox::trace_step("run");
  if ((request.header().wants & protocol::kWantsFiles) != 0) {
    std::fflush(nullptr);  // what C code wrote into its files
    if (after.process_ends) close_what_a_script_left_open();
    send_left_files(after.directory, after.known);
  }
  send_reply(reply);
  sandbox::trace_step("reply");
}

}  // namespace forkjail::zygote
