// When the files of an answer are written out: small ones at once, all others in slices with turns
// of the loop in between, one large answer at a time (cf. decode_turns.h). Owned by the service.
#pragma once

#include <string>
#include <utility>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "loop/turnstile.h"
#include "server/run/run_report.h"

namespace forkjail::server {

class AnswerTurns {
 public:
  // `is_shared` as for Turnstile.
  explicit AnswerTurns(const Executor& executor, Turnstile::IsShared is_shared = {})
      : large_(executor, std::move(is_shared)) {}

  // Adds the member `files` to `body`, a JSON object. After an interruption it may be missing: then
  // the client does not read the answer.
  Task<void> add_files(std::string& body, const RunFiles& files, Interruption& interruption);

 private:
  Turnstile large_;
};

}  // namespace forkjail::server
