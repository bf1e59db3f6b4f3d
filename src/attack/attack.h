// `forkjail attack`: runs the battery of hostile scripts against a deployment and says which walls
// held. What an operator runs against the place where the service really is: isolation depends on
// the kernel, the container and their settings, and a claim at /info is only a claim.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace forkjail::attack {

struct AttackOptions {
  std::string url;                   // http://HOST[:PORT]
  std::chrono::seconds timeout{60};  // of one answer
  std::filesystem::path cases;       // empty: ../share/forkjail/attacks beside the binary
  std::string only;                  // substring of names or numbers; empty: all
  unsigned patience = 1;             // times the time limits of each case: for slow places
};

// Prints a line a case and a summary to stdout. 0: every wall held or is weaker by design and says
// so; 1: a wall fell; 2: the battery could not run.
[[nodiscard]] int run_attack(const AttackOptions& options);

}  // namespace forkjail::attack
