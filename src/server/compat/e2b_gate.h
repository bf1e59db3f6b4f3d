// With keys: lets a request to a sandbox in by the sandbox's token, before its body is read, as one
// of the key that made the sandbox. What it refuses waits as what KeyGate refuses. All other
// requests are the gate's behind it.
#pragma once

#include "http/gate.h"
#include "server/admission/refusal_pace.h"
#include "server/callers/key_gate.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

class E2bGate final : public http::Gate {
 public:
  // Both outlive it.
  E2bGate(http::Gate& behind, const E2bDoor& door) : behind_(behind), door_(door) {}

  http::GateDecision admit(const http::RequestHead& head, const http::Route& route) override;

 private:
  http::Response paced(http::Response response);

  http::Gate& behind_;
  const E2bDoor& door_;
  RefusalRate rate_{KeyGate::kPace};
};

}  // namespace forkjail::server
