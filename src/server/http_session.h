// One connection: reads requests one after the other, has each answered, writes the answers in
// order. HTTP/1.1 with keep-alive; pipelined requests wait in a bounded buffer and the kernel's.
//
// What the bytes mean is decided in request_reader.h, what gives way in a shortage in
// session_registry.h. Every phase has a deadline: connection_phase.h.
#pragma once

#include "server/http_limits.h"
#include "server/loop.h"
#include "server/metrics.h"
#include "server/router.h"
#include "server/session_registry.h"

namespace forkjail::server {

struct HttpContext {
  const Router& router;
  SessionRegistry& registry;
  HttpLimits limits;
  Metrics& metrics;
};

// Serves the connection until it closes. `context` outlives it.
Task<void> serve_http_connection(TcpSocket socket, const HttpContext& context, Seat seat);

}  // namespace forkjail::server
