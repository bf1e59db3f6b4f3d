#include "protocol/zygote_report.h"

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

using Parts = std::vector<std::string_view>;  // of a line; the first is its kind

bool add_level(ZygoteReport& report, const Parts& parts) {
  if (parts[1] != "full" && parts[1] != "fallback") return false;
  report.level = parts[1] == "full" ? IsolationLevel::full : IsolationLevel::fallback;
  return true;
}

bool add_warm_up(ZygoteReport& report, const Parts& parts) {
  const auto warm_up = warm_up_named(parts[1]);
  if (warm_up) report.warm_up = *warm_up;
  return warm_up.has_value();
}

bool add_layer(ZygoteReport& report, const Parts& parts) {
  const auto state = layer_state(parts[2]);
  if (state) report.layers.push_back({std::string(parts[1]), *state, std::string(parts[3])});
  return state.has_value();
}

bool add_version(ZygoteReport& report, const Parts& parts) {
  report.versions.emplace_back(parts[1], parts[2]);
  return true;
}

bool add_module(ZygoteReport& report, const Parts& parts) {
  report.modules.emplace_back(parts[1]);
  return true;
}

struct LineKind {
  std::string_view name;
  std::size_t parts;
  bool (*add)(ZygoteReport&, const Parts&);
};

constexpr std::array kLineKinds{
    LineKind{"level", 2, add_level},   LineKind{"warm_up", 2, add_warm_up},
    LineKind{"layer", 4, add_layer},   LineKind{"version", 3, add_version},
    LineKind{"module", 2, add_module},
};

bool add_line(ZygoteReport& report, const Parts& parts) {
  const auto* const kind = std::ranges::find(kLineKinds, parts[0], &LineKind::name);
  return kind != kLineKinds.end() && parts.size() == kind->parts && kind->add(report, parts);
}

}  // namespace

std::string_view name_of(IsolationLevel level) {
  return level == IsolationLevel::full ? "full" : "fallback";
}

std::string_view name_of(LayerState state) {
  constexpr std::array<std::string_view, 3> names{"on", "off", "not_needed"};
  return names.at(static_cast<std::size_t>(state));
}

std::string encode(const ZygoteReport& report) {
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

std::optional<ZygoteReport> decode_zygote_report(std::string_view text) {
  ZygoteReport report;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() && !add_line(report, split(line, '\t'))) return std::nullopt;
  }
  return report;
}

}  // namespace forkjail::protocol
