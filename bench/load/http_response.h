// HttpResponse: reads one HTTP/1.1 response from bytes as they come, keeps its status and counts
// its body. The body itself is dropped: bench/run has checked one answer of each kind before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace forkjail::load {

class HttpResponse {
 public:
  HttpResponse();

  // Takes bytes up to the response's end and returns how many it took. Takes none once done() or
  // malformed().
  std::size_t feed(std::string_view bytes);
  // The server closed the connection: the end of a body that has no length, else an error.
  void end_of_stream();
  // Ready for the next response on the same connection; keeps its memory.
  void reset();

  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  [[nodiscard]] bool malformed() const { return state_ == State::kMalformed; }
  [[nodiscard]] bool started() const { return state_ != State::kHead || !head_.empty(); }
  [[nodiscard]] int status() const { return status_; }  // valid once the head is in
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class State {
    kHead,
    kBody,         // remaining_ more bytes
    kBodyToClose,  // until the server closes
    kChunkSize,    // a line with the next chunk's size
    kChunkData,    // remaining_ more bytes, then CRLF
    kChunkCrlf,
    kTrailer,  // lines after the last chunk, up to an empty one
    kDone,
    kMalformed,
  };

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_counted(std::string_view bytes, State next);
  std::size_t feed_line(std::string_view bytes);
  void parse_head(std::string_view head);
  void parse_header(std::string_view line);
  void parse_line(std::string_view line);

  State state_ = State::kHead;
  std::string head_;  // the head so far; later the current chunk line
  int status_ = 0;
  bool keep_alive_ = true;
  bool chunked_ = false;
  bool has_length_ = false;
  std::uint64_t remaining_ = 0;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace forkjail::load
