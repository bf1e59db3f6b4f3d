// How many runs are under way that are not short ones. While there are any, a short one may wait
// for a processor. Owned by the service, marked by the runs.
#pragma once

#include <cstddef>

namespace forkjail::server {

class LastingRuns {
 public:
  // One of them, as long as this lives. `runs` outlives it.
  class Mark {
   public:
    explicit Mark(LastingRuns& runs) : runs_(runs) { ++runs_.count_; }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
    ~Mark() { --runs_.count_; }

   private:
    LastingRuns& runs_;
  };

  [[nodiscard]] bool any() const { return count_ > 0; }

 private:
  std::size_t count_ = 0;
};

}  // namespace forkjail::server
