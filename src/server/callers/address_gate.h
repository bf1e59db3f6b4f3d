// Without --keys: everybody comes in, and the clients of one address are one party, so that nobody
// keeps the others out by sending much. They have no name: a session is its id's, whatever address
// uses it.
#pragma once

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <map>
#include <memory>
#include <vector>

#include "http/gate.h"
#include "server/callers/caller.h"
#include "server/callers/client_address.h"

namespace forkjail::server {

class AddressGate final : public http::Gate {
 public:
  // `trusted_proxies`: those whose X-Forwarded-For counts. Outlives the gate.
  explicit AddressGate(const std::vector<Network>& trusted_proxies) : trusted_(trusted_proxies) {}

  http::GateDecision admit(const http::RequestHead& head, const http::Route& route) override;

  [[nodiscard]] std::size_t known() const { return callers_.size(); }

 private:
  static constexpr std::size_t kForgetAt = 256;  // then those of whom nothing goes on are forgotten

  [[nodiscard]] std::shared_ptr<Caller> of_address(const boost::asio::ip::address& address);
  void forget_idle();

  const std::vector<Network>& trusted_;
  std::map<boost::asio::ip::address, std::shared_ptr<Caller>> callers_;
  std::size_t forget_at_ = kForgetAt;
};

}  // namespace forkjail::server
