#include "server/run/request_writer.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string>
#include <string_view>

namespace forkjail::server {
namespace {

iovec io_part(const void* data, std::size_t bytes) {
  return {const_cast<void*>(data), bytes};  // NOLINT(*-const-cast): writev does not write to it
}

using RequestParts = std::array<const std::string*, protocol::kRunParts>;

// In the order of RunPart.
RequestParts parts_of(const ExecutionRequest& request) {
  return {&request.script, &request.args_json, &request.stdin_text, &request.env_block,
          &request.file_block};
}

protocol::RunRequestHeader header_of(const ExecutionRequest& request) {
  protocol::RunRequestHeader header{
      .mode = request.mode,
      .wants = (request.include.has(AnswerPart::files) ? protocol::kWantsFiles : 0) |
               (request.wants_display() ? protocol::kWantsDisplay : 0) |
               (request.display_details ? protocol::kWantsDisplayDetails : 0) |
               (request.advice_without_fields ? protocol::kAdviceWithoutFields : 0),
      .memory_bytes = request.limits.memory_bytes,
      .cpu_time_ms = static_cast<std::uint64_t>(request.limits.cpu_time.count())};
  const RequestParts parts = parts_of(request);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    header.part_bytes.at(i) = static_cast<std::uint32_t>(parts.at(i)->size());
  }
  return header;
}

std::size_t wire_bytes_of(const protocol::RunRequestHeader& header) {
  return std::accumulate(header.part_bytes.begin(), header.part_bytes.end(), sizeof header);
}

}  // namespace

RequestWriter::RequestWriter(const ExecutionRequest& request, CellHold& hold)
    : request_(request),
      header_(header_of(request)),
      ahead_(hold.ahead_of_request(wire_bytes_of(header_))),
      bytes_(ahead_.size() + wire_bytes_of(header_)) {}

RequestWriter::Progress RequestWriter::write(Cell& cell) {
  std::array<std::string_view, 2 + protocol::kRunParts> parts{
      ahead_, std::string_view(reinterpret_cast<const char*>(&header_), sizeof header_)};
  std::ranges::transform(parts_of(request_), parts.begin() + 2,
                         [](const std::string* part) { return std::string_view(*part); });
  std::array<iovec, parts.size()> unsent;  // NOLINT(*-member-init): its first rows are filled
  std::size_t count = 0;
  std::size_t skip = sent_;
  for (const std::string_view part : parts) {
    const std::size_t skipped = std::min(skip, part.size());
    skip -= skipped;
    if (skipped < part.size()) {
      unsent[count++] = io_part(part.data() + skipped, part.size() - skipped);
    }
  }
  const auto written = cell.write_request(std::span(unsent).first(count));
  if (!written) return Progress::cell_gone;
  sent_ += *written;
  return sent_ == bytes_ ? Progress::whole : Progress::partial;
}

}  // namespace forkjail::server
