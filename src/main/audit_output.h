// Where the lines of --audit-log go: standard output, or a file that is appended to. Server: made
// before it gives up the right to open files.
#pragma once

#include <memory>
#include <string>

#include "base/log_output.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail {

struct AuditOutput {
  UniqueFd file;  // none: standard output
  LogOutput output;
};

// `where`: "stdout", or the path of a file, which is made for its owner alone if it is not there.
[[nodiscard]] Result<std::unique_ptr<AuditOutput>> open_audit_output(const std::string& where);

}  // namespace forkjail
