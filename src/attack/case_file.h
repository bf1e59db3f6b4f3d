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

struct CaseFile {
  std::string numbers;          // of the list of attacks, "33, 34"
  std::string name;             // states what must be observed
  std::string expect;           // alternatives (expectation.h)
  std::string expect_fallback;  // where less isolation means less; empty: the same
  std::string why_weaker;
  boost::json::object limits;   // of the run, to keep the battery quick
  boost::json::object request;  // other members of the request
  std::string next;             // what a run after it must answer; empty: there is none
  std::string peer;             // what a run beside it must answer; empty: there is none

  std::string script;
  std::string next_script;
  std::string peer_script;
};

// The header alone, without the scripts. An unknown, repeated or missing key is an error.
[[nodiscard]] Result<CaseFile> parse_header(std::string_view text);

// All cases of a directory in the order of their names, each script behind prelude.py.
[[nodiscard]] Result<std::vector<CaseFile>> load_cases(const std::filesystem::path& directory);

}  // namespace forkjail::attack
