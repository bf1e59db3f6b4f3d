#include "load/arrivals.h"

namespace forkjail::load {

Arrivals::Arrivals(ArrivalKind kind, double per_second, Clock::time_point start, std::uint64_t seed)
    : kind_(kind), per_second_(per_second), start_(start), random_(seed) {
  if (kind_ == ArrivalKind::kPoisson) advance();
}

Clock::time_point Arrivals::next() const {
  return start_ +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(offset_s_));
}

void Arrivals::advance() {
  if (kind_ == ArrivalKind::kPoisson) {
    offset_s_ += std::exponential_distribution<double>(per_second_)(random_);
    return;
  }
  ++index_;  // from the index, not by adding gaps: no error adds up
  offset_s_ = static_cast<double>(index_) / per_second_;
}

}  // namespace forkjail::load
