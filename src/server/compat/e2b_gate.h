// With keys: lets a request to a sandbox in by the sandbox's token, before its body is read, as one
// of the key that made the sandbox. All other requests are the gate's behind it.
#pragma once

#include "http/gate.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

class E2bGate final : public http::Gate {
 public:
  // Both outlive it.
  E2bGate(http::Gate& behind, const E2bDoor& door) : behind_(behind), door_(door) {}

  http::GateDecision admit(const http::RequestHead& head, const http::Route& route) override;

 private:
  http::Gate& behind_;
  const E2bDoor& door_;
};

}  // namespace forkjail::server
