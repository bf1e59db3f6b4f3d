// An answer that is sent while it is made: its head at once, then pieces as they come. No call here
// waits for the client. What it does not take yet is kept, and has_room() says when the producer
// of the pieces has to hold back. The pieces are chunks; for HTTP/1.0 the connection's end is the
// end.
//
// Owned by the connection's coroutine, one per request; costs nothing until it begins.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/after_answer.h"
#include "http/date.h"
#include "loop/loop.h"

namespace forkjail::http {

class Connection;
class Counters;
struct Response;

class Stream {
 public:
  // What is fixed by the request, and what the connection's answers share.
  struct Form {
    Counters& counters;
    Date& date;
    std::string_view request_id;
    std::string_view more_lines;  // of its head
    bool chunked = true;
    bool keep_alive = true;
    bool head_only = false;  // of HEAD: no piece is sent
  };
  // `connection` outlives it.
  Stream(Connection& connection, const Form& form) : connection_(connection), form_(form) {}
  Stream(const Stream&) = delete;  // what waits for room points to it
  Stream& operator=(const Stream&) = delete;

  // ---- for a handler ----

  // Sends status and headers; the body is not used. From now on the answer cannot be another.
  void begin(const Response& head);
  [[nodiscard]] bool begun() const { return begun_; }
  void send(std::string_view piece);
  // The last piece: goes out when the handler has returned.
  void finish_with(std::string piece) { last_ = std::move(piece); }

  // False: so much waits for the client that no more should be made.
  [[nodiscard]] bool has_room() const { return !full_; }
  // Called when there is room again, never from within a call to the stream.
  void on_room(std::function<void()> listener) { listener_ = std::move(listener); }
  // All that was made has gone out.
  [[nodiscard]] bool is_idle() const { return pending_.empty(); }

  // ---- for the connection ----

  // Sends what is left and the end, and runs `after_answer` when the socket has taken what it takes
  // at once. False: the connection is to be closed.
  Task<bool> end(AfterAnswer& after_answer);
  // The answer stays without its end, by which the client knows that it is not whole.
  void break_off() { broken_off_ = true; }

 private:
  void append(std::string_view piece);
  void flush();
  void await_room();
  void note_room();
  [[nodiscard]] std::size_t unsent_bytes() const { return pending_.size() - sent_; }

  Connection& connection_;
  Form form_;
  std::function<void()> listener_;
  std::string pending_;   // framed
  std::size_t sent_ = 0;  // of it
  std::string last_;
  bool begun_ = false;
  bool full_ = false;
  bool awaits_room_ = false;
  bool ended_ = false;
  bool broken_off_ = false;
  std::shared_ptr<bool> alive_;  // what waits for room sees its end
};

}  // namespace forkjail::http
