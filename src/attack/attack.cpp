#include "attack/attack.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <vector>

#include "attack/battery.h"
#include "attack/case_file.h"
#include "attack/service_info.h"
#include "attack/verdict.h"
#include "http_client/deployment.h"

namespace forkjail::attack {
namespace {

std::filesystem::path default_cases() {
  std::error_code ec;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ec);
  return binary.parent_path().parent_path() / "share" / "forkjail" / "attacks";
}

bool is_wanted(const CaseFile& file, const std::string& only) {
  return only.empty() || file.name.find(only) != std::string::npos ||
         file.numbers.find(only) != std::string::npos;
}

// Judges one case after the other and reports each.
class Attack {
 public:
  Attack(Battery& battery, Report& report) : battery_(battery), report_(report) {}

  void run(const CaseFile& file) {
    const CaseReport found = battery_.judge(file);
    tally_.count(found.judgement.verdict);
    report_.on_case(file, found);
  }

  // The exit status of the whole.
  int end() {
    report_.on_end(tally_, battery_.level(), battery_.slowness().wall);
    return tally_.exit_status();
  }

 private:
  Battery& battery_;
  Report& report_;
  Tally tally_;
};

// A case for each line of `names`, as soon as the line is there.
Status run_as_named(Attack& attack, const std::vector<CaseFile>& cases, std::istream& names) {
  for (std::string name; std::getline(names, name);) {
    const auto file = std::ranges::find(cases, name, &CaseFile::name);
    if (file == cases.end()) return Error{"standard input", 0, "no case is named " + name};
    attack.run(*file);
  }
  return ok_status();
}

int list_cases(const std::vector<CaseFile>& cases, const std::string& only, Report& report) {
  for (const CaseFile& file : cases) {
    if (is_wanted(file, only)) report.list(file);
  }
  return Tally::kAllHeld;
}

int cannot_run(const Error& error) {
  std::fprintf(stderr, "forkjail attack: %s\n", error.to_string().c_str());
  return Tally::kNotRun;
}

}  // namespace

int run_attack(const AttackOptions& options) {
  const auto cases = load_cases(options.cases.empty() ? default_cases() : options.cases);
  if (!cases) return cannot_run(cases.error());
  const auto report = make_report(options.format, std::cout);
  if (options.list) return list_cases(*cases, options.only, *report);

  auto deployment =
      http_client::Deployment::at(options.url, options.timeout, options.headers, options.tls);
  if (!deployment) return cannot_run(deployment.error());
  auto info = read_service_info(*deployment);
  if (!info) return cannot_run(info.error());
  Battery battery(*deployment, *std::move(info), options.patience,
                  seen_characters_max(options.format),
                  options.in_sessions ? Place::session : Place::cell);
  if (auto status = battery.calibrate(); !status) return cannot_run(status.error());

  Attack attack(battery, *report);
  if (options.from_stdin) {
    if (auto status = run_as_named(attack, *cases, std::cin); !status) {
      return cannot_run(status.error());
    }
    return attack.end();
  }
  for (const CaseFile& file : *cases) {
    if (is_wanted(file, options.only)) attack.run(file);
  }
  return attack.end();
}

}  // namespace forkjail::attack
