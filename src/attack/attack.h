// `forkjail attack`: runs the battery of hostile scripts against a deployment and reports which
// layers held. Isolation depends on the kernel, the container and their settings, so an operator
// runs it where the service is deployed: what /info says is only a claim.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "attack/report.h"
#include "http_client/header.h"

namespace forkjail::attack {

struct AttackOptions {
  std::string url;                                    // url.h; empty only with `list`
  std::vector<http_client::Header> headers;           // sent with each request
  std::shared_ptr<const http_client::Transport> tls;  // for https://
  std::chrono::seconds timeout{60};                   // of one answer
  std::filesystem::path cases;  // empty: ../share/forkjail/attacks beside the binary
  std::string only;             // substring of names or numbers; empty: all
  bool from_stdin = false;      // cases by name, one per line of standard input
  bool list = false;            // run nothing: list the cases
  bool in_sessions = false;     // each script in a session of its own
  unsigned patience = 1;        // times the time limits of each case, at the least
  ReportFormat format = ReportFormat::text;
};

// Writes a line for each case and a summary to stdout; returns the exit status (verdict.h).
[[nodiscard]] int run_attack(const AttackOptions& options);

}  // namespace forkjail::attack
