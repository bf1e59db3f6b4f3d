// Who sends requests, as the gates of this room know them: the holder of a key, with its row, or
// the clients of one address, who have no name. What a caller may do and what it used; how its runs
// are admitted is its party's (server/admission/party.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/gate.h"
#include "http/message.h"
#include "server/admission/party.h"
#include "server/callers/account.h"
#include "server/callers/byte_rate.h"
#include "server/callers/key_file.h"
#include "server/callers/token_bucket.h"

namespace forkjail::server {

// The holder of a key.
struct KeyHolder {
  explicit KeyHolder(KeyRow given) : row(std::move(given)) {}

  KeyRow row;
  TokenBucket bucket;
  Account account;
};

class Caller final : public http::Caller {
 public:
  Caller() = default;  // of an address
  explicit Caller(KeyRow row) : party_(row.share), holder_(std::in_place, std::move(row)) {}

  [[nodiscard]] std::string_view name() const override {
    return holder_ ? std::string_view(holder_->row.name) : std::string_view();
  }
  [[nodiscard]] Party& party() { return party_; }
  // Of the bodies that it sends.
  [[nodiscard]] ByteRate& body_rate() { return body_rate_; }
  // Null: of an address.
  [[nodiscard]] KeyHolder* holder() { return holder_ ? &*holder_ : nullptr; }

  // From the next request on; the name stays.
  void set_row(KeyRow row) {
    party_.set_terms(row.share);
    holder_->row = std::move(row);
  }
  // Its key is not among the keys any more. Cells that were its own can be another key's soon.
  void remove() {
    PartyTerms terms = party_.terms();
    if (terms.owner != protocol::kEverybody) terms.owner = protocol::kNoOwner;
    party_.set_terms(terms);
    holder_->row.expires_at.emplace();
  }

 private:
  Party party_;
  ByteRate body_rate_;
  std::optional<KeyHolder> holder_;
};

// Of a request; null where no gate of this room stands.
[[nodiscard]] inline std::shared_ptr<Caller> caller_of(const http::Exchange& exchange) {
  return std::dynamic_pointer_cast<Caller>(exchange.caller);
}
[[nodiscard]] inline PartyPtr party_of(const http::Exchange& exchange) {
  auto caller = caller_of(exchange);
  if (caller == nullptr) return nullptr;
  Party& party = caller->party();
  return {std::move(caller), &party};
}
// In whose name sessions are kept; empty: nobody is known.
[[nodiscard]] inline std::string owner_of(const http::Exchange& exchange) {
  return exchange.caller == nullptr ? std::string() : std::string(exchange.caller->name());
}
[[nodiscard]] inline KeyHolder* key_holder_of(const http::Exchange& exchange) {
  auto* const caller = dynamic_cast<Caller*>(exchange.caller.get());
  return caller == nullptr ? nullptr : caller->holder();
}

}  // namespace forkjail::server
