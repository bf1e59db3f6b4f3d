#include "attack/case_request.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

struct PartRow {
  Part part;
  std::string_view name;
  std::string CaseFile::* script;
  std::string CaseFile::* expectation;
};
constexpr std::array kParts{
    PartRow{Part::attack, "attack", &CaseFile::script, &CaseFile::expect},
    PartRow{Part::peer, "peer", &CaseFile::peer_script, &CaseFile::peer},
    PartRow{Part::next, "next", &CaseFile::next_script, &CaseFile::next},
};

const PartRow& row_of(Part part) { return *std::ranges::find(kParts, part, &PartRow::part); }

void lengthen(json::object& limits, std::string_view name, double times,
              const json::object& limits_max) {
  json::value& limit = limits[name];
  if (times <= 1 || !limit.is_number()) return;
  double seconds = limit.to_number<double>() * times;
  const json::value* most = limits_max.if_contains(name);
  if (most != nullptr && most->is_number()) seconds = std::min(seconds, most->to_number<double>());
  limit = seconds;
}

}  // namespace

std::string_view name_of(Part part) { return row_of(part).name; }

const std::string& expectation_of(const CaseFile& file, Part part) {
  return file.*row_of(part).expectation;
}

json::object request_of(const CaseFile& file, Part part) {
  json::object limits{{"wall_time_s", 10}, {"cpu_time_s", 5}};
  for (const auto& [name, value] : file.limits) limits[name] = value;
  json::object request{
      {"script", file.*row_of(part).script}, {"limits", limits}, {"verbose", true}};
  if (part == Part::attack) {
    for (const auto& [name, value] : file.request) request[name] = value;
  }
  return request;
}

void lengthen_limits(json::object& request, const Slowness& slowness,
                     const json::object& limits_max) {
  json::value* limits = request.if_contains("limits");
  if (limits == nullptr || !limits->is_object()) return;
  lengthen(limits->get_object(), "wall_time_s", slowness.wall, limits_max);
  lengthen(limits->get_object(), "cpu_time_s", slowness.cpu, limits_max);
}

}  // namespace forkjail::attack
