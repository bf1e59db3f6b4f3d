// The file of --keys, opened for the server, which has given up the right to open files. The
// supervisor reads none of it: what an operator wrote is parsed without privileges.
//
// Supervisor, in its loop. Owns SIGHUP as a descriptor; the server orders the same.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervisor/server_channel.h"

namespace forkjail::supervisor {

// For reading. Errors: as open(2); EINVAL for what is not a regular file, ENOENT for an empty path.
[[nodiscard]] Result<UniqueFd> open_keys_file(const std::string& path);

class KeysFile {
 public:
  // SIGHUP must be blocked. `path`: empty where there are no keys; then SIGHUP does nothing.
  KeysFile(std::string path, ServerChannel& server);

  // Readable after SIGHUP. Negative: there is none.
  [[nodiscard]] int descriptor() const { return signals_.get(); }
  void on_readable();

  // Opens the file and passes it to the server, or says why it cannot be opened.
  void send();

 private:
  std::string path_;
  ServerChannel& server_;
  UniqueFd signals_;
};

}  // namespace forkjail::supervisor
