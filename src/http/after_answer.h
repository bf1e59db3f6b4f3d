// What is left to do of a request once its answer is on its way: writing the log's line, ending the
// cell, refilling the shelf. None of it may delay the answer.
#pragma once

#include <functional>
#include <utility>

namespace forkjail::http {

// Runs once: when it is told to, or at the latest when it goes, so that a client that left without
// its answer leaves nothing behind.
class AfterAnswer {
 public:
  AfterAnswer() = default;
  explicit AfterAnswer(std::function<void()> work) : work_(std::move(work)) {}
  AfterAnswer(AfterAnswer&& other) noexcept : work_(std::exchange(other.work_, nullptr)) {}
  AfterAnswer& operator=(AfterAnswer&& other) noexcept {
    if (this != &other) {
      run();
      work_ = std::exchange(other.work_, nullptr);
    }
    return *this;
  }
  AfterAnswer(const AfterAnswer&) = delete;
  AfterAnswer& operator=(const AfterAnswer&) = delete;
  ~AfterAnswer() { run(); }

  void run() {
    if (const auto work = std::exchange(work_, nullptr)) work();
  }

 private:
  std::function<void()> work_;
};

}  // namespace forkjail::http
