#include "server/mcp/run_content.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>

#include "json/text.h"
#include "json/utf8.h"
#include "server/api/media_types.h"
#include "server/mcp/display_bundle.h"
#include "server/mcp/made_files.h"

namespace forkjail::server::mcp {
namespace {

using protocol::FailureKind;

// In the order in which one of a bundle is chosen.
constexpr std::array<std::string_view, 4> kPictures{"image/png", "image/jpeg", "image/gif",
                                                    "image/webp"};
constexpr std::array<std::string_view, 5> kTexts{"text/markdown", "text/plain", "text/latex",
                                                 "application/json", "text/html"};

// What leads out of a failure that is not the code's own error.
struct WayOut {
  FailureKind kind;
  std::string_view text;
};
constexpr std::array kWaysOut{
    WayOut{FailureKind::wall_time, "Do less in one call: split the work, or take less data."},
    WayOut{FailureKind::cpu_time, "Do less in one call: split the work, or take less data."},
    WayOut{FailureKind::memory, "Take less data at a time, or drop what is not needed any more."},
    WayOut{FailureKind::output, "Print less, or write it to a file."},
    WayOut{FailureKind::syscall, "The sandbox has no network and starts no processes."},
    WayOut{FailureKind::interrupt, "Another request ended the run."},
    WayOut{FailureKind::no_main, ""},
};

std::string_view way_out(FailureKind kind) {
  const auto* const row = std::ranges::find(kWaysOut, kind, &WayOut::kind);
  return row == kWaysOut.end() ? std::string_view() : row->text;
}

// What a JSON string says; of another value its JSON.
std::string text_of_json(std::string_view json) {
  boost::system::error_code ec;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, ec);
  if (ec || !value.is_string()) return std::string(json);
  const auto& text = value.get_string();
  return {text.data(), text.size()};
}

bool add_picture(ToolResult& result, std::string_view bundle) {
  for (const std::string_view kind : kPictures) {
    const auto value = member_of(bundle, kind);
    const auto base64 = value ? base64_of(*value) : std::nullopt;
    if (!base64) continue;
    result.add_image(*base64, kind);
    return true;
  }
  return false;
}

// Returns whether it is a picture.
bool add_display(ToolResult& result, std::string_view bundle) {
  if (add_picture(result, bundle)) return true;
  for (const std::string_view kind : kTexts) {
    if (const auto value = member_of(bundle, kind)) {
      result.add_text(text_of_json(*value));
      return false;
    }
  }
  return false;
}

void add_output(ToolResult& result, const CapturedText& output, std::string_view heading) {
  if (output.bytes.empty()) return;
  std::string text(heading);
  text += shortened(output.bytes);
  if (output.truncated) text += "\n[the rest was dropped: the output limit was reached]";
  result.add_text(text);
}

void add_failure(ToolResult& result, const Failed& failed, const RunLimits& limits) {
  std::string text = failed.error;
  const std::string_view trace = failed.report.traceback;
  if (!trace.empty()) text.append("\n\n").append(trace);
  const std::string_view way = way_out(failed.kind);
  if (!way.empty()) text.append("\n\n").append(way);
  if (failed.kind == FailureKind::memory) {
    text.append(" The limit is ").append(std::to_string(limits.memory_bytes / kMiB));
    text.append(" MB beyond the libraries.");
  }
  result.add_text(text);
  result.set_error();
}

// The run is over without an end of its own.
std::string lost_text(const Outcome& outcome) {
  if (const auto* lost = std::get_if<Lost>(&outcome)) {
    return "the service lost this run: " + lost->why +
           (lost->try_again ? "; call the tool again" : "");
  }
  return "the service is shutting down; call the tool again";
}

void add_state(ToolResult& result, const RunPlace& place, bool killed) {
  if (place.session.empty()) return;
  if (place.state.empty()) {
    result.add_text(
        "The session ended with this run and its state is gone: make a new one with "
        "create_session.");
    return;
  }
  const bool went_back = killed && place.goes_back;
  result.add_text(went_back
                      ? "The session went back to its state before this run: " + place.state + "."
                      : "Session state: " + place.state);
}

}  // namespace

ToolResult run_result(const Finished& run, const RunPlace& place, const RunLimits& limits) {
  ToolResult result;
  const RunReport& report = run.report;
  add_output(result, report.output.out, "");
  add_output(result, report.output.err, "stderr:\n");
  bool has_pictures = false;
  for (const std::string& bundle : report.displays.bundles) {
    has_pictures = add_display(result, bundle) || has_pictures;
  }
  if (report.displays.truncated) result.add_text("[further figures and values were dropped]");
  const bool returned = std::holds_alternative<Returned>(run.outcome);
  if (const auto* failed = std::get_if<Failed>(&run.outcome)) {
    add_failure(result, *failed, limits);
  } else if (!returned) {
    result.add_text(lost_text(run.outcome));
    result.set_error();
  }
  add_made_files(result, report.files, place.session, !has_pictures);
  if (returned && result.empty()) {
    result.add_text("The code ran to its end. It printed nothing, and its last line has no value.");
  }
  add_state(result, place, !returned && !run.replied);
  return result;
}

}  // namespace forkjail::server::mcp
