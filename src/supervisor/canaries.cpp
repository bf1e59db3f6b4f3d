#include "supervisor/canaries.h"

#include <algorithm>
#include <cstring>

#include "protocol/run_frames.h"
#include "protocol/wire.h"

namespace forkjail::supervisor {
namespace {

using protocol::FrameType;

constexpr std::size_t kShownMax = 500;
constexpr std::uint64_t kCpuTimeMs = 10'000;
constexpr std::string_view kAllHeld = "\"\"";  // main() returned an empty text

// {"layers": [names of those that are on]}. The names are the proof's own: plain words.
std::string arguments(const std::vector<protocol::Layer>& layers) {
  std::string json = R"({"layers":[)";
  for (const protocol::Layer& layer : layers) {
    if (layer.state != protocol::LayerState::on) continue;
    if (json.back() != '[') json += ',';
    json.append("\"").append(layer.name).append("\"");
  }
  return json + "]}";
}

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

// For the log and for /ready: one line of plain characters.
std::string shown(std::string text) {
  text.resize(std::min(text.size(), kShownMax));
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

std::vector<std::byte> canary_request(const std::vector<protocol::Layer>& layers,
                                      std::uint64_t memory_bytes) {
  const std::string_view script = canary_script();
  const std::string args = arguments(layers);
  protocol::RunRequestHeader header{.memory_bytes = memory_bytes, .cpu_time_ms = kCpuTimeMs};
  header.bytes_of(protocol::RunPart::script) = static_cast<std::uint32_t>(script.size());
  header.bytes_of(protocol::RunPart::args) = static_cast<std::uint32_t>(args.size());
  std::vector<std::byte> request;
  append(request, protocol::as_wire(header));
  append(request, std::as_bytes(std::span(script)));
  append(request, std::as_bytes(std::span(args)));
  return request;
}

Status canary_verdict(const Frame& last) {
  if (last.type != FrameType::value) {
    return Error{"run the canaries", 0, "they failed: " + shown(last.payload)};
  }
  if (last.payload == kAllHeld) return ok_status();
  return Error{"isolation check failed", 0, shown(last.payload)};
}

}  // namespace forkjail::supervisor
