// `forkjail key`: a new key for a service that is started with --keys. The key is shown once and
// kept nowhere; the service gets its row, which holds only its hash.
#pragma once

#include <ostream>
#include <string>

namespace forkjail {

struct KeyWish {
  std::string name;
  std::string prefix = "fj_";  // a client may demand a form, such as "e2b_"
};

// The exit status. Writes the key and its row, each on a line of its own.
int make_key(const KeyWish& wish, std::ostream& out);

}  // namespace forkjail
