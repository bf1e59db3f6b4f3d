#include "attack/battery.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <thread>
#include <utility>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kPeerHeadStart{300};
constexpr std::size_t kDifferingRuns = 3;

constexpr std::string_view kPlain = "def main():\n    print('out')\n    return 6 * 7\n";

std::string missed(const Assessment& assessment, const std::string& met) {
  return "missed " + assessment.missed + ": " + met;
}

// The companion's judgement makes that of the whole worse, never better.
void include(const CompanionReport& companion, Judgement& whole) {
  if (companion.judgement.verdict <= whole.verdict) return;
  whole = companion.judgement;
  whole.seen.insert(0, companion.part == Part::peer ? "beside it: " : "after it: ");
}

}  // namespace

Status Battery::calibrate() {
  const auto measured = measure_slowness(deployment_);
  if (!measured) return measured.error();
  slowness_ = {.wall = std::max<double>(measured->wall, patience_),
               .cpu = std::max<double>(measured->cpu, patience_)};
  deployment_.be_patient(slowness_.wall);
  return ok_status();
}

CaseReport Battery::judge(const CaseFile& file) {
  CaseReport report = judge_once(file);
  if (report.judgement.verdict != Verdict::late) return report;
  if (auto status = calibrate(); !status) {
    report.judgement = {Verdict::failed, status.error().to_string()};
    return report;
  }
  report = judge_once(file);
  report.tries = 2;
  return report;
}

CaseReport Battery::judge_once(const CaseFile& file) const {
  CaseReport report;
  const auto started = std::chrono::steady_clock::now();
  report.judgement = file.expect == kDiffers ? judge_difference(file) : judge_attack(file, report);
  if (report.judgement.verdict != Verdict::failed && !file.next.empty()) {
    judge_followers(file, report);
  }
  if (report.judgement.verdict != Verdict::failed) {
    if (Judgement service = judge_service(); service.verdict == Verdict::failed) {
      report.judgement = std::move(service);
    }
  }
  report.elapsed = std::chrono::steady_clock::now() - started;
  return report;
}

Result<Observed> Battery::run(const CaseFile& file, Part part) const {
  json::object request = request_of(file, part);
  lengthen_limits(request, slowness_, info_.limits_max);
  if (place_ == Place::session) return run_in_session(std::move(request));
  return deployment_.post("/execute", request);
}

// The memory is the session's there, and not a run's. What a session's answer has besides is not
// the script's.
Result<Observed> Battery::run_in_session(json::object request) const {
  request.emplace("mode", "main");  // unless the case names one
  if (json::value* const limits = request.if_contains("limits")) {
    limits->as_object().erase("memory_mb");
  }
  const auto made = deployment_.post("/sessions", json::object{});
  if (!made) return made.error();
  const json::value* const name =
      made->answer.is_object() ? made->answer.get_object().if_contains("session") : nullptr;
  if (name == nullptr || !name->is_string()) {
    return Error{"make a session", 0, "the service has no sessions"};
  }
  const std::string path = "/sessions/" + std::string(name->get_string());
  auto observed = deployment_.post(path + "/execute", request);
  if (observed && observed->answer.is_object()) observed->answer.get_object().erase("state");
  (void)deployment_.remove(path);
  return observed;
}

Judgement Battery::judge_attack(const CaseFile& file, CaseReport& report) const {
  Result<Observed> peer = Error{};
  std::thread beside;
  if (!file.peer.empty()) {
    beside = std::thread([&] {
      std::this_thread::sleep_for(kPeerHeadStart);
      peer = run(file, Part::peer);
    });
  }
  const auto observed = run(file, Part::attack);
  if (beside.joinable()) beside.join();
  Judgement judgement = judge_answer(file, observed);
  if (!file.peer.empty()) {
    CompanionReport companion{.part = Part::peer};
    require(file.peer, peer, companion);
    include(companion, judgement);
    report.companions.push_back(std::move(companion));
  }
  return judgement;
}

Judgement Battery::judge_answer(const CaseFile& file, const Result<Observed>& observed) const {
  if (!observed) return {Verdict::failed, observed.error().to_string()};
  const std::string met = seen_of(*observed);
  if (!is_well_formed(*observed)) return {Verdict::failed, "not the answer of a run: " + met};
  const Assessment full = assess(file.expect, *observed, slowness_.wall);
  if (full.match == Match::met) return {Verdict::held, met};
  bool late = full.match == Match::late;
  for (const auto& [applies, outcome] : {std::pair(!info_.is_full(), &file.in_fallback),
                                         std::pair(info_.lacks_chroot, &file.without_chroot)}) {
    if (!applies || outcome->expect.empty()) continue;
    const Match match = assess(outcome->expect, *observed, slowness_.wall).match;
    if (match == Match::met) return {Verdict::weaker, outcome->why.empty() ? met : outcome->why};
    late = late || match == Match::late;
  }
  return {late ? Verdict::late : Verdict::failed, missed(full, met)};
}

Judgement Battery::judge_difference(const CaseFile& file) const {
  std::vector<Observed> runs;
  for (std::size_t i = 0; i < kDifferingRuns; ++i) {
    auto observed = run(file, Part::attack);
    if (!observed) return {Verdict::failed, observed.error().to_string()};
    if (!is_well_formed(*observed)) {
      return {Verdict::failed, "not the answer of a run: " + seen_of(*observed)};
    }
    runs.push_back(*std::move(observed));
  }
  const std::string met = seen_of(runs.front());
  if (results_differ(runs)) return {Verdict::held, met};
  return {Verdict::failed,
          "missed differs: two of three runs agree, or one returned no object: " + met};
}

void Battery::judge_followers(const CaseFile& file, CaseReport& report) const {
  CompanionReport companion{.part = Part::next};
  // Enough runs to get past the cells that were parked before the attack.
  for (std::uint64_t i = 0; i < info_.parked + 2; ++i) {
    require(file.next, run(file, Part::next), companion);
    if (companion.judgement.verdict == Verdict::failed) break;
  }
  include(companion, report.judgement);
  report.companions.push_back(std::move(companion));
}

void Battery::require(const std::string& expectation, const Result<Observed>& observed,
                      CompanionReport& companion) const {
  ++companion.runs;
  Judgement& judgement = companion.judgement;
  if (!observed) {
    judgement = {Verdict::failed, observed.error().to_string()};
    return;
  }
  companion.elapsed += observed->elapsed;
  const std::string met = seen_of(*observed);
  const Assessment assessment = assess(expectation, *observed, slowness_.wall);
  if (!is_well_formed(*observed)) {
    judgement = {Verdict::failed, "not the answer of a run: " + met};
  } else if (assessment.match == Match::unmet) {
    judgement = {Verdict::failed, missed(assessment, met)};
  } else if (assessment.match == Match::late) {
    judgement = {Verdict::late, missed(assessment, met)};
  } else if (judgement.verdict == Verdict::held) {
    judgement.seen = met;
  }
}

Judgement Battery::judge_service() const {
  const auto observed = deployment_.post("/execute", json::object{{"script", kPlain}});
  const json::value expected{{"result", 42}, {"stdout", "out\n"}};
  if (observed.ok() && observed->status == 200 && observed->answer == expected) {
    return {Verdict::held, {}};
  }
  return {Verdict::failed, "the service no longer answers a plain script as it must: " +
                               (observed.ok() ? seen_of(*observed) : observed.error().to_string())};
}

}  // namespace forkjail::attack
