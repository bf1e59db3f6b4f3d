// One connection: reads requests one after the other, has each answered, writes the answers in
// order. HTTP/1.1 with keep-alive; pipelined requests wait in a bounded buffer and the kernel's.
//
// What the bytes mean is decided in request_reader.h, what gives way in a shortage in
// session_registry.h. Every phase has a deadline: connection_phase.h.
#pragma once

#include <boost/asio/ip/address.hpp>

#include "http/body_pacer.h"
#include "http/connection_registry.h"
#include "http/cors.h"
#include "http/counters.h"
#include "http/gate.h"
#include "http/limits.h"
#include "http/request_ids.h"
#include "http/router.h"
#include "loop/loop.h"

namespace forkjail::http {

struct ServeContext {
  const Router& router;
  ConnectionRegistry& registry;
  Limits limits;
  Counters& counters;
  RequestIds& request_ids;
  Gate* gate = nullptr;             // null: every request goes in
  const Cors* cors = nullptr;       // null: no page of another origin may read answers
  BodyPacer* body_pacer = nullptr;  // null: no body is held
};

// A connection that was accepted.
struct Newcomer {
  TcpSocket socket;
  asio::ip::address peer;
  Seat seat;
};

// Serves the connection until it closes. `context` outlives it.
Task<void> serve_connection(Newcomer newcomer, const ServeContext& context);

}  // namespace forkjail::http
