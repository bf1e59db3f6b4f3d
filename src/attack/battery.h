// Runs cases of the battery against one deployment and judges what their runs answered: the script,
// the companions beside and after it, and whether the service answers a plain script as before.
//
// `forkjail attack`, on an operator's machine. The answers may be hostile: scripts wrote them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "attack/calibration.h"
#include "attack/case_file.h"
#include "attack/case_request.h"
#include "attack/expectation.h"
#include "attack/service_info.h"
#include "attack/verdict.h"
#include "base/result.h"
#include "http_client/deployment.h"

namespace forkjail::attack {

// Of the runs of one companion.
struct CompanionReport {
  Part part = Part::peer;
  unsigned runs = 0;
  Judgement judgement{Verdict::held, {}};   // of the worst run
  std::chrono::duration<double> elapsed{};  // of all its runs
};

struct CaseReport {
  Judgement judgement;  // of the case as a whole
  std::vector<CompanionReport> companions;
  unsigned tries = 1;
  std::chrono::duration<double> elapsed{};  // of the last try
};

// A cell for one run, or a new session for each script.
enum class Place : std::uint8_t { cell, session };

class Battery {
 public:
  // `patience`: times the time limits and bounds of each case, at the least. `seen_characters_max`:
  // of what was met.
  // `place`: where each script runs.
  Battery(http_client::Deployment& deployment, ServiceInfo info, unsigned patience,
          std::size_t seen_characters_max, Place place = Place::cell)
      : deployment_(deployment),
        info_(std::move(info)),
        patience_(patience),
        seen_characters_max_(seen_characters_max),
        place_(place) {}

  // Measures how slow the place is now. Before the first case.
  Status calibrate();
  [[nodiscard]] const Slowness& slowness() const { return slowness_; }
  [[nodiscard]] const std::string& level() const { return info_.level; }

  // A bound that was missed is tried once more: the load may have come after the calibration.
  CaseReport judge(const CaseFile& file);

 private:
  [[nodiscard]] CaseReport judge_once(const CaseFile& file) const;
  [[nodiscard]] Judgement judge_attack(const CaseFile& file, CaseReport& report) const;
  [[nodiscard]] Judgement judge_answer(const CaseFile& file,
                                       const Result<Observed>& observed) const;
  [[nodiscard]] Judgement judge_difference(const CaseFile& file) const;
  void judge_followers(const CaseFile& file, CaseReport& report) const;
  // Makes `companion` worse where a run of it did not answer as it must.
  void require(const std::string& expectation, const Result<Observed>& observed,
               CompanionReport& companion) const;
  // Whether the service answers a plain script as before.
  [[nodiscard]] Judgement judge_service() const;

  [[nodiscard]] Result<Observed> run(const CaseFile& file, Part part) const;
  [[nodiscard]] Result<Observed> run_in_session(boost::json::object request) const;
  [[nodiscard]] std::string seen_of(const Observed& observed) const {
    return seen(observed, seen_characters_max_);
  }

  http_client::Deployment& deployment_;
  ServiceInfo info_;
  unsigned patience_;
  std::size_t seen_characters_max_;
  Place place_;
  Slowness slowness_;
};

}  // namespace forkjail::attack
