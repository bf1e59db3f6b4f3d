// Who may go on between the header of a request and its body. A gate sees the header and the route
// that it leads to, before a byte of the body is read or counted. It lets the request in, with the
// caller that it knows, or answers instead: 401, 403, 429. Without a gate nothing is asked.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string_view>
#include <variant>

#include "http/caller.h"
#include "http/message.h"
#include "http/router.h"

namespace forkjail::http {

// The views outlive the call, not more.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent, with its query
  const RequestHeaders& headers;
  const boost::asio::ip::address& peer;  // of the connection: a proxy's, where there is one
};

// A caller, who may be unknown (null), or the answer.
using GateDecision = std::variant<std::shared_ptr<Caller>, Response>;

class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  virtual ~Gate() = default;

  // Called on the loop, once per request that a route takes. Must not wait.
  virtual GateDecision admit(const RequestHead& head, const Route& route) = 0;
};

}  // namespace forkjail::http
