#include "attack/report.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <iomanip>

#include "attack/case_request.h"

namespace forkjail::attack {
namespace {

namespace json = boost::json;

class TextReport final : public Report {
 public:
  explicit TextReport(std::ostream& out) : out_(out) {}

  void list(const CaseFile& file) override {
    out_ << std::left << std::setw(8) << file.numbers << ' ' << file.name << std::endl;
  }

  void on_case(const CaseFile& file, const CaseReport& report) override {
    const Judgement& judgement = report.judgement;
    out_ << std::left << std::setw(16) << name_of(judgement.verdict) << ' ' << std::setw(8)
         << file.numbers << ' ' << file.name << ": " << judgement.seen << std::endl;
  }

  void on_end(const Tally& tally, const std::string& level, double slowness) override {
    out_ << tally.to_string() << "; isolation level: " << level << "; time bounds x " << std::fixed
         << std::setprecision(1) << slowness << std::endl;
    if (tally.exit_status() == Tally::kOnlyLate) {
      out_ << "late means neither held nor failed: try again on a quieter machine, or with "
              "--patience"
           << std::endl;
    }
  }

 private:
  std::ostream& out_;
};

class JsonReport final : public Report {
 public:
  explicit JsonReport(std::ostream& out) : out_(out) {}

  void list(const CaseFile& file) override {
    write({{"name", file.name},
           {"numbers", numbers_of(file)},
           {"file", file.file},
           {"expected", file.expect},
           {"request", request_of(file, Part::attack)}});
  }

  void on_case(const CaseFile& file, const CaseReport& report) override {
    for (const CompanionReport& companion : report.companions) {
      write({{"name", file.name},
             {"companion", name_of(companion.part)},
             {"verdict", key_of(companion.judgement.verdict)},
             {"expected", expectation_of(file, companion.part)},
             {"seen", companion.judgement.seen},
             {"runs", companion.runs},
             {"seconds", seconds(companion.elapsed)}});
    }
    write({{"name", file.name},
           {"numbers", numbers_of(file)},
           {"verdict", key_of(report.judgement.verdict)},
           {"expected", file.expect},
           {"seen", report.judgement.seen},
           {"tries", report.tries},
           {"seconds", seconds(report.elapsed)}});
  }

  void on_end(const Tally& tally, const std::string& level, double slowness) override {
    json::object counts;
    for (const Verdict verdict : kVerdicts) counts[key_of(verdict)] = tally.of(verdict);
    write({{"summary", counts},
           {"level", level},
           {"time_bounds_times", slowness},
           {"exit_status", tally.exit_status()}});
  }

 private:
  void write(const json::object& object) { out_ << json::serialize(object) << std::endl; }

  static json::array numbers_of(const CaseFile& file) {
    return json::array(file.attacks.begin(), file.attacks.end());
  }

  // To the millisecond.
  static double seconds(std::chrono::duration<double> elapsed) {
    return std::round(elapsed.count() * 1'000) / 1'000;
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<Report> make_report(ReportFormat format, std::ostream& out) {
  if (format == ReportFormat::json) return std::make_unique<JsonReport>(out);
  return std::make_unique<TextReport>(out);
}

std::size_t seen_characters_max(ReportFormat format) {
  return format == ReportFormat::json ? 400 : 100;
}

}  // namespace forkjail::attack
