// One case of the attack battery (tests/attacks/cases): a hostile script behind comment lines
// `# key: value`. This is the only reader of these files.
//
//   # attack: 33, 34             the numbers that it covers
//   # name: io_uring_is_refused  what must be observed
//   # expect: held | kind=memory the accepted outcomes (expectation.h), or
//   # expect: differs            three runs return objects that share no member's value
//   # expect-fallback: weaker -- why        also accepted where isolation is less than full
//   # expect-without-chroot: weaker -- why  the same for the fallback that has Landlock alone
//   # limits: {"wall_time_s": 5} the run's limits, to keep the battery quick
//   # request: {"stdin": "..."}  other members of the request
//   # next: held                 CASE.next.py runs after it, in new cells, and must answer this
//   # peer: held                 CASE.peer.py runs beside it, in another cell, and must answer this
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

inline constexpr std::string_view kDiffers = "differs";

// The outcome that is accepted where isolation is weaker, and why. Empty: the same as elsewhere.
struct WeakerOutcome {
  std::string expect;
  std::string why;
};

struct CaseFile {
  std::string numbers;            // of the list of attacks, "33, 34"
  std::vector<unsigned> attacks;  // the same as numbers
  std::string name;               // states what must be observed
  std::string expect;             // alternatives (expectation.h), or kDiffers
  WeakerOutcome in_fallback;      // at the fallback level, in any of its forms
  WeakerOutcome without_chroot;   // in the fallback that has Landlock alone
  boost::json::object limits;     // of the run, to keep the battery quick
  boost::json::object request;    // other members of the request
  std::string next;               // what a run after it must answer; empty: there is none
  std::string peer;               // what a run beside it must answer; empty: there is none

  std::string file;    // its name, "033_io_uring.py"
  std::string script;  // behind prelude.py, as those of the companions
  std::string next_script;
  std::string peer_script;
};

// The header alone, without the scripts. An unknown, repeated or missing key is an error, and so is
// a value that could not be judged by.
[[nodiscard]] Result<CaseFile> parse_header(std::string_view text);

// All cases of a directory in the order of their files' names. A name that two cases share, a
// companion that is missing and one that no key names are errors.
[[nodiscard]] Result<std::vector<CaseFile>> load_cases(const std::filesystem::path& directory);

}  // namespace forkjail::attack
