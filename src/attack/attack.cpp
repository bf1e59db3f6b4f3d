#include "attack/attack.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <cstdio>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "attack/case_file.h"
#include "attack/deployment.h"
#include "attack/expectation.h"

namespace forkjail::attack {
namespace {

namespace json = boost::json;

constexpr int kAllHeld = 0;
constexpr int kWallFell = 1;
constexpr int kNotRun = 2;
constexpr std::size_t kSeenCharactersMax = 100;
constexpr std::chrono::milliseconds kPeerHeadStart{300};
constexpr std::size_t kDifferingRuns = 3;

enum class Verdict { held, weaker, failed };
constexpr std::array<const char*, 3> kVerdictNames{"held", "weaker by design", "FAILED"};
const char* name_of(Verdict verdict) { return kVerdictNames.at(static_cast<std::size_t>(verdict)); }

struct Judgement {
  Verdict verdict = Verdict::failed;
  std::string seen;
};

// What of /info decides how a case is judged.
struct Place {
  bool full = false;
  bool lacks_chroot = false;  // and has no mount namespace in its stead
  std::string level;
  std::uint64_t parked = 0;  // cells that were cloned before an attack and will serve after it
  json::object limits;       // no run may ask for more
  unsigned patience = 1;
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
  const json::object* answer = info->answer.if_object();
  const json::value* isolation = answer == nullptr ? nullptr : answer->if_contains("isolation");
  if (isolation == nullptr || !isolation->is_object()) {
    return Error{"GET /info", 0, "the service is not ready: it names no isolation level"};
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
  Battery(const Deployment& deployment, const Place& place)
      : deployment_(deployment), place_(place) {}

  // The case, what runs beside and after it, and whether the service lives on.
  Judgement judge(const CaseFile& file) const {
    Judgement judgement = file.expect == "differs" ? judge_difference(file) : judge_run(file);
    if (judgement.verdict != Verdict::failed && !file.next.empty()) {
      judge_followers(file, judgement);
    }
    if (judgement.verdict != Verdict::failed && !lives()) {
      judgement = {Verdict::failed, "the service does not answer a plain script any more"};
    }
    return judgement;
  }

 private:
  [[nodiscard]] Result<Observed> run(const CaseFile& file, const std::string& script) const {
    json::object limits{{"wall_time_s", 10}, {"cpu_time_s", 5}};
    for (const auto& [name, value] : file.limits) limits[name] = value;
    for (const auto* name : {"wall_time_s", "cpu_time_s"}) be_patient(name, limits[name]);
    json::object body{{"script", script}, {"limits", limits}, {"verbose", true}};
    if (&script == &file.script) {
      for (const auto& [name, value] : file.request) body[name] = value;
    }
    auto observed = deployment_.post("/execute", body);
    if (observed.ok()) observed->elapsed /= place_.patience;
    return observed;
  }

  // Where everything takes longer an honest share of time is longer, as far as the service allows.
  void be_patient(std::string_view name, json::value& limit) const {
    if (place_.patience == 1 || !limit.is_number()) return;
    double seconds = limit.to_number<double>() * place_.patience;
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
    if (!file.peer.empty() && judgement.verdict != Verdict::failed) {
      require(file.peer, peer, "beside it: ", judgement);
    }
    return judgement;
  }

  [[nodiscard]] Judgement judge_answer(const CaseFile& file,
                                       const Result<Observed>& observed) const {
    if (!observed) return {Verdict::failed, observed.error().to_string()};
    const std::string met = seen(*observed, kSeenCharactersMax);
    if (!is_well_formed(*observed)) return {Verdict::failed, "not an answer of a run: " + met};
    if (as_expected(file.expect, *observed)) return {Verdict::held, met};
    for (const auto& [applies, outcome] : {std::pair(!place_.full, &file.in_fallback),
                                           std::pair(place_.lacks_chroot, &file.without_chroot)}) {
      if (!applies || !as_expected(outcome->expect, *observed)) continue;
      return {Verdict::weaker, outcome->why.empty() ? met : outcome->why};
    }
    return {Verdict::failed, met};
  }

  // Fails `judgement` when another run did not answer as it must.
  static void require(const std::string& expectation, const Result<Observed>& observed,
                      const std::string& which, Judgement& judgement) {
    if (!observed) {
      judgement = {Verdict::failed, which + observed.error().to_string()};
    } else if (!is_well_formed(*observed) || !as_expected(expectation, *observed)) {
      judgement = {Verdict::failed, which + seen(*observed, kSeenCharactersMax)};
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
    const Verdict verdict = results_differ(runs) ? Verdict::held : Verdict::failed;
    return {verdict, seen(runs.front(), kSeenCharactersMax)};
  }

  [[nodiscard]] bool lives() const {
    const auto observed =
        deployment_.post("/execute", json::object{{"script", "def main():\n    return 42\n"}});
    return observed.ok() && as_expected("status=200 result=42", *observed);
  }

  const Deployment& deployment_;
  const Place& place_;
};

bool is_wanted(const CaseFile& file, const std::string& only) {
  return only.empty() || file.name.find(only) != std::string::npos ||
         file.numbers.find(only) != std::string::npos;
}

void print(const CaseFile& file, const Judgement& judgement) {
  std::printf("%-16s %-8s %s: %s\n", name_of(judgement.verdict), file.numbers.c_str(),
              file.name.c_str(), judgement.seen.c_str());
  std::fflush(stdout);
}

int attack_all(const Deployment& deployment, const Place& place, const std::vector<CaseFile>& cases,
               const std::string& only) {
  const Battery battery(deployment, place);
  std::array<int, 3> counts{};
  for (const CaseFile& file : cases) {
    if (!is_wanted(file, only)) continue;
    const Judgement judgement = battery.judge(file);
    ++counts.at(static_cast<std::size_t>(judgement.verdict));
    print(file, judgement);
  }
  const auto [held, weaker, failed] = counts;
  std::printf("%d held, %d weaker by design, %d FAILED; isolation level: %s\n", held, weaker,
              failed, place.level.c_str());
  if (held + weaker + failed == 0) return kNotRun;
  return failed == 0 ? kAllHeld : kWallFell;
}

int cannot_run(const Error& error) {
  std::fprintf(stderr, "forkjail attack: %s\n", error.to_string().c_str());
  return kNotRun;
}

}  // namespace

int run_attack(const AttackOptions& options) {
  const auto deployment = Deployment::at(options.url, options.timeout);
  if (!deployment) return cannot_run(deployment.error());
  const auto cases = load_cases(options.cases.empty() ? default_cases() : options.cases);
  if (!cases) return cannot_run(cases.error());
  auto place = look_at(*deployment);
  if (!place) return cannot_run(place.error());
  place->patience = options.patience;
  return attack_all(*deployment, *place, *cases, options.only);
}

}  // namespace forkjail::attack
