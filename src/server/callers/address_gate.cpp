#include "server/callers/address_gate.h"

namespace forkjail::server {

http::GateDecision AddressGate::admit(const http::RequestHead& head, const http::Route& route) {
  if (route.is_status) return nullptr;
  const auto address = share_of(
      client_address(head.peer, head.headers[http::RequestHeader::forwarded_for], trusted_));
  return of_address(address);
}

std::shared_ptr<Caller> AddressGate::of_address(const boost::asio::ip::address& address) {
  const auto known = callers_.find(address);
  if (known != callers_.end()) return known->second;
  if (callers_.size() >= forget_at_) forget_idle();
  return callers_.emplace(address, std::make_shared<Caller>()).first->second;
}

// Each time after as many newcomers as there were known ones left, so that the work for a request
// stays the same; the number of those that stay is bounded by the requests that go on.
void AddressGate::forget_idle() {
  std::erase_if(callers_, [](const auto& entry) { return entry.second.use_count() == 1; });
  forget_at_ = std::max(kForgetAt, 2 * callers_.size());
}

}  // namespace forkjail::server
