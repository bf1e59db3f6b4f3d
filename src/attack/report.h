// How the battery reports: one line per case for people, or JSON lines for programs.
//
// `forkjail attack`, to its standard output, each line as soon as it is known. docs/operations.md
// describes the JSON lines.
#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "attack/battery.h"
#include "attack/case_file.h"
#include "attack/verdict.h"

namespace forkjail::attack {

enum class ReportFormat : unsigned char { text, json };

class Report {
 public:
  virtual ~Report() = default;

  // One case of the list, which is not run.
  virtual void list(const CaseFile& file) = 0;
  virtual void on_case(const CaseFile& file, const CaseReport& report) = 0;
  // `slowness`: what time bounds were multiplied by, at the last.
  virtual void on_end(const Tally& tally, const std::string& level, double slowness) = 0;
};

// `out` must outlive it.
[[nodiscard]] std::unique_ptr<Report> make_report(ReportFormat format, std::ostream& out);

// How much of a run's answer is shown.
[[nodiscard]] std::size_t seen_characters_max(ReportFormat format);

}  // namespace forkjail::attack
