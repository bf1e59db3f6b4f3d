#include "attack/attack.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "attack/calibration.h"
#include "attack/case_file.h"
#include "attack/deployment.h"
#include "attack/expectation.h"
#include "attack/verdict.h"

namespace forkjail::attack {
namespace {

namespace json = boost::json;

constexpr std::size_t kSeenCharactersMax = 100;
constexpr std::chrono::milliseconds kPeerHeadStart{300};
constexpr std::size_t kDifferingRuns = 3;

// What of /info decides how a case is judged.
struct Place {
  bool full = false;
  bool lacks_chroot = false;  // and has no mount namespace in its stead
  std::string level;
  std::uint64_t parked = 0;  // cells that were cloned before an attack and will serve after it
  json::object limits;       // no run may ask for more
};

std::filesystem::path default_cases() {
  std::error_code ec;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ec);
  return binary.parent_path().parent_path() / "share" / "forkjail" / "attacks";
}

// Whether /info names that layer, as one that does not stand.
bool is_off(const json::object& isolation, std::string_view name) {
  const json::value* layers = isolation.if_contains("layers");
  if (layers == nullptr || !layers->is_array()) return false;
  const auto says = [](const json::value& layer, std::string_view member, std::string_view text) {
    const json::value* value = layer.is_object() ? layer.get_object().if_contains(member) : nullptr;
    return value != nullptr && *value == json::value(text);
  };
  return std::ranges::any_of(layers->get_array(), [&](const json::value& layer) {
    return says(layer, "name", name) && says(layer, "state", "off");
  });
}

Result<Place> look_at(const Deployment& deployment) {
  const auto info = deployment.get("/info");
  if (!info) return info.error();
  if (info->status != 200) {
    return Error{"GET /info", 0, "answered with status " + std::to_string(info->status)};
  }
  const json::object* answer = info->answer.if_object();
  const json::value* isolation = answer == nullptr ? nullptr : answer->if_contains("isolation");
  if (isolation == nullptr || !isolation->is_object()) {
    return Error{"GET /info", 0, "the service is not ready: it reports no isolation level"};
  }
  Place place;
  const json::value* level = isolation->get_object().if_contains("level");
  if (level != nullptr && level->is_string()) place.level = std::string(level->get_string());
  place.full = place.level == "full";
  place.lacks_chroot = is_off(isolation->get_object(), "chroot");
  if (const json::value* pool = answer->if_contains("pool"); pool != nullptr && pool->is_object()) {
    const json::value* parked = pool->get_object().if_contains("parked_target");
    if (parked != nullptr && parked->is_number()) place.parked = parked->to_number<std::uint64_t>();
  }
  const json::value* limits = answer->if_contains("limits");
  if (limits != nullptr && limits->is_object()) place.limits = limits->get_object();
  return place;
}

class Battery {
 public:
  Battery(Deployment& deployment, const Place& place, unsigned patience)
      : deployment_(deployment), place_(place), patience_(patience) {}

  // How slow the place is now; anew where a time bound was missed.
  Status calibrate() {
    const auto measured = measure_slowness(deployment_);
    if (!measured) return measured.error();
    slowness_ = {.wall = std::max<double>(measured->wall, patience_),
                 .cpu = std::max<double>(measured->cpu, patience_)};
    deployment_.be_patient(slowness_.wall);
    return ok_status();
  }
  [[nodiscard]] const Slowness& slowness() const { return slowness_; }

  // A bound that was missed is tried once more: the load may have come after the calibration.
  Judgement judge(const CaseFile& file) {
    Judgement judgement = judge_once(file);
    if (judgement.verdict != Verdict::late) return judgement;
    if (auto status = calibrate(); !status) return {Verdict::failed, status.error().to_string()};
    return judge_once(file);
  }

 private:
  // The case, what runs beside and after it, and whether the service lives on.
  [[nodiscard]] Judgement judge_once(const CaseFile& file) const {
    Judgement judgement = file.expect == "differs" ? judge_difference(file) : judge_run(file);
    if (judgement.verdict != Verdict::failed && !file.next.empty()) {
      judge_followers(file, judgement);
    }
    if (judgement.verdict != Verdict::failed && !lives()) {
      judgement = {Verdict::failed, "the service no longer answers a plain script"};
    }
    return judgement;
  }

  [[nodiscard]] Result<Observed> run(const CaseFile& file, const std::string& script) const {
    json::object limits{{"wall_time_s", 10}, {"cpu_time_s", 5}};
    for (const auto& [name, value] : file.limits) limits[name] = value;
    be_patient("wall_time_s", slowness_.wall, limits);
    be_patient("cpu_time_s", slowness_.cpu, limits);
    json::object body{{"script", script}, {"limits", limits}, {"verbose", true}};
    if (&script == &file.script) {
      for (const auto& [name, value] : file.request) body[name] = value;
    }
    return deployment_.post("/execute", body);
  }

  // Where everything takes longer an honest share of time is longer, as far as the service allows.
  void be_patient(std::string_view name, double times, json::object& limits) const {
    json::value& limit = limits[name];
    if (times <= 1 || !limit.is_number()) return;
    double seconds = limit.to_number<double>() * times;
    const json::value* most = place_.limits.if_contains(name);
    if (most != nullptr && most->is_number())
      seconds = std::min(seconds, most->to_number<double>());
    limit = seconds;
  }

  [[nodiscard]] Judgement judge_run(const CaseFile& file) const {
    Result<Observed> peer = Error{};
    std::thread beside;
    if (!file.peer.empty()) {
      beside = std::thread([&] {
        std::this_thread::sleep_for(kPeerHeadStart);
        peer = run(file, file.peer_script);
      });
    }
    const auto observed = run(file, file.script);
    if (beside.joinable()) beside.join();
    Judgement judgement = judge_answer(file, observed);
    if (!file.peer.empty()) require(file.peer, peer, "beside it: ", judgement);
    return judgement;
  }

  [[nodiscard]] Judgement judge_answer(const CaseFile& file,
                                       const Result<Observed>& observed) const {
    if (!observed) return {Verdict::failed, observed.error().to_string()};
    const std::string met = seen(*observed, kSeenCharactersMax);
    if (!is_well_formed(*observed)) return {Verdict::failed, "not the answer of a run: " + met};
    const Assessment full = assess(file.expect, *observed, slowness_.wall);
    if (full.match == Match::met) return {Verdict::held, met};
    bool late = full.match == Match::late;
    for (const auto& [applies, outcome] : {std::pair(!place_.full, &file.in_fallback),
                                           std::pair(place_.lacks_chroot, &file.without_chroot)}) {
      if (!applies || outcome->expect.empty()) continue;
      const Match match = assess(outcome->expect, *observed, slowness_.wall).match;
      if (match == Match::met) {
        return {Verdict::weaker, outcome->why.empty() ? met : outcome->why};
      }
      late = late || match == Match::late;
    }
    return {late ? Verdict::late : Verdict::failed, missed(full, met)};
  }

  static std::string missed(const Assessment& assessment, const std::string& met) {
    return "missed " + assessment.missed + ": " + met;
  }

  // Makes `judgement` worse when another run did not answer as it must.
  void require(const std::string& expectation, const Result<Observed>& observed,
               const std::string& which, Judgement& judgement) const {
    if (judgement.verdict == Verdict::failed) return;
    if (!observed) {
      judgement = {Verdict::failed, which + observed.error().to_string()};
      return;
    }
    const std::string met = seen(*observed, kSeenCharactersMax);
    const Assessment assessment = assess(expectation, *observed, slowness_.wall);
    if (!is_well_formed(*observed)) {
      judgement = {Verdict::failed, which + "not the answer of a run: " + met};
    } else if (assessment.match != Match::met) {
      const bool late = assessment.match == Match::late;
      judgement = {late ? Verdict::late : Verdict::failed, which + missed(assessment, met)};
    }
  }

  // Enough runs to get past the cells that were parked before the attack.
  void judge_followers(const CaseFile& file, Judgement& judgement) const {
    for (std::uint64_t i = 0; i < place_.parked + 2; ++i) {
      require(file.next, run(file, file.next_script), "after it: ", judgement);
      if (judgement.verdict == Verdict::failed) return;
    }
  }

  [[nodiscard]] Judgement judge_difference(const CaseFile& file) const {
    std::vector<Observed> runs;
    for (std::size_t i = 0; i < kDifferingRuns; ++i) {
      auto observed = run(file, file.script);
      if (!observed) return {Verdict::failed, observed.error().to_string()};
      runs.push_back(*std::move(observed));
    }
    const std::string met = seen(runs.front(), kSeenCharactersMax);
    if (results_differ(runs)) return {Verdict::held, met};
    return {Verdict::failed,
            "missed differs: two of three runs agree, or one returned no object: " + met};
  }

  [[nodiscard]] bool lives() const {
    const auto observed =
        deployment_.post("/execute", json::object{{"script", "def main():\n    return 42\n"}});
    return observed.ok() && as_expected("status=200 result=42", *observed);
  }

  Deployment& deployment_;
  const Place& place_;
  const unsigned patience_;
  Slowness slowness_;
};

bool is_wanted(const CaseFile& file, const std::string& only) {
  return only.empty() || file.name.find(only) != std::string::npos ||
         file.numbers.find(only) != std::string::npos;
}

void print(const CaseFile& file, const Judgement& judgement) {
  std::printf("%-16s %-8s %s: %s\n", std::string(name_of(judgement.verdict)).c_str(),
              file.numbers.c_str(), file.name.c_str(), judgement.seen.c_str());
  std::fflush(stdout);
}

int attack_all(Battery& battery, const std::string& level, const std::vector<CaseFile>& cases,
               const std::string& only) {
  Tally tally;
  for (const CaseFile& file : cases) {
    if (!is_wanted(file, only)) continue;
    const Judgement judgement = battery.judge(file);
    tally.count(judgement.verdict);
    print(file, judgement);
  }
  std::printf("%s; isolation level: %s; time bounds x %.1f\n", tally.to_string().c_str(),
              level.c_str(), battery.slowness().wall);
  if (tally.exit_status() == Tally::kOnlyLate) {
    std::printf(
        "late means neither held nor failed: try again on a quieter machine, or with --patience\n");
  }
  return tally.exit_status();
}

int cannot_run(const Error& error) {
  std::fprintf(stderr, "forkjail attack: %s\n", error.to_string().c_str());
  return Tally::kNotRun;
}

}  // namespace

int run_attack(const AttackOptions& options) {
  auto deployment = Deployment::at(options.url, options.timeout, options.headers, options.tls);
  if (!deployment) return cannot_run(deployment.error());
  const auto cases = load_cases(options.cases.empty() ? default_cases() : options.cases);
  if (!cases) return cannot_run(cases.error());
  const auto place = look_at(*deployment);
  if (!place) return cannot_run(place.error());
  Battery battery(*deployment, *place, options.patience);
  if (auto status = battery.calibrate(); !status) return cannot_run(status.error());
  return attack_all(battery, place->level, *cases, options.only);
}

}  // namespace forkjail::attack
