#include "protocol/worker_report.h"

#include <algorithm>
#include <array>

namespace forkjail::protocol {
namespace {

std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<LayerState> layer_state(std::string_view name) {
  for (const LayerState state : {LayerState::on, LayerState::off, LayerState::not_needed}) {
    if (name == name_of(state)) return state;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(IsolationLevel level) {
  return level == IsolationLevel::full ? "full" : "fallback";
}

std::string_view name_of(LayerState state) {
  constexpr std::array<std::string_view, 3> names{"on", "off", "not_needed"};
  return names.at(static_cast<std::size_t>(state));
}

std::string encode(const WorkerReport& report) {
  std::string text = "level\t" + std::string(name_of(report.level)) + "\nwarm_up\t" +
                     std::string(name_of(report.warm_up)) + "\n";
  for (const Layer& layer : report.layers) {
    text += "layer\t" + one_line(layer.name) + "\t" + std::string(name_of(layer.state)) + "\t" +
            one_line(layer.why) + "\n";
  }
  for (const auto& [name, value] : report.versions) {
    text += "version\t" + one_line(name) + "\t" + one_line(value) + "\n";
  }
  for (const std::string& name : report.modules) text += "module\t" + one_line(name) + "\n";
  return text;
}

std::optional<WorkerReport> decode_worker_report(std::string_view text) {
  WorkerReport report;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto parts = split(line, '\t');
    if (parts[0] == "level" && parts.size() == 2) {
      if (parts[1] != "full" && parts[1] != "fallback") return std::nullopt;
      report.level = parts[1] == "full" ? IsolationLevel::full : IsolationLevel::fallback;
    } else if (parts[0] == "warm_up" && parts.size() == 2) {
      const auto warm_up = warm_up_named(parts[1]);
      if (!warm_up) return std::nullopt;
      report.warm_up = *warm_up;
    } else if (parts[0] == "layer" && parts.size() == 4) {
      const auto state = layer_state(parts[2]);
      if (!state) return std::nullopt;
      report.layers.push_back({std::string(parts[1]), *state, std::string(parts[3])});
    } else if (parts[0] == "version" && parts.size() == 3) {
      report.versions.emplace_back(parts[1], parts[2]);
    } else if (parts[0] == "module" && parts.size() == 2) {
      report.modules.emplace_back(parts[1]);
    } else {
      return std::nullopt;
    }
  }
  return report;
}

}  // namespace forkjail::protocol
