// One case of the attack battery (tests/attacks/cases): a hostile script behind a header of comment
// lines `# key: value`. tests/attacks/battery.py describes the keys and reads the same files.
//
// `forkjail attack`, on an operator's machine. The files come with the package: they are trusted.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forkjail::attack {

// What is enough where less isolation means less, and why. Empty: nothing less is.
struct WeakerOutcome {
  std::string expect;
  std::string why;
};

struct CaseFile {
  std::string numbers;           // of the list of attacks, "33, 34"
  std::string name;              // states what must be observed
  std::string expect;            // alternatives (expectation.h)
  WeakerOutcome in_fallback;     // at the fallback level, in any of its forms
  WeakerOutcome without_chroot;  // in the fallback that has Landlock alone
  boost::json::object limits;    // of the run, to keep the battery quick
  boost::json::object request;   // other members of the request
  std::string next;              // what a run after it must answer; empty: there is none
  std::string peer;              // what a run beside it must answer; empty: there is none

  std::string script;
  std::string next_script;
  std::string peer_script;
};

// The header alone, without the scripts. An unknown, repeated or missing key is an error.
[[nodiscard]] Result<CaseFile> parse_header(std::string_view text);

// All cases of a directory in the order of their names, each script behind prelude.py.
[[nodiscard]] Result<std::vector<CaseFile>> load_cases(const std::filesystem::path& directory);

}  // namespace forkjail::attack
