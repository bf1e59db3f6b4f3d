// The file of --keys, and the headers and targets in which clients send keys.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "server/callers/client_address.h"
#include "server/callers/key_file.h"
#include "server/callers/key_gate.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const RunLimits maxima;
  const auto parsed = server::parse_key_file(text, maxima);
  if (const auto* rows = std::get_if<std::vector<server::KeyRow>>(&parsed)) {
    for (const server::KeyRow& row : *rows) {
      FORKJAIL_CHECK(server::is_key_name(row.name));
      FORKJAIL_CHECK(row.maxima.memory_bytes <= maxima.memory_bytes);
      FORKJAIL_CHECK(row.maxima.wall_time <= maxima.wall_time);
      FORKJAIL_CHECK(row.share.weight > 0 && row.rate.burst >= 1);
      FORKJAIL_CHECK(row.share.owner == protocol::kEverybody);
    }
    FORKJAIL_CHECK(std::ranges::count_if(*rows, &server::KeyRow::isolated) <=
                   protocol::kIsolatedOwnersMax);
  }
  http::RequestHeaders headers;
  headers.set(http::RequestHeader::authorization, text);
  FORKJAIL_CHECK(server::sent_key(headers).key.size() <= text.size());
  (void)server::has_key_in_query(text);
  const auto trusted = server::parse_networks("0.0.0.0/0,::/0");
  (void)server::client_address(boost::asio::ip::make_address("10.0.0.1"), text, *trusted);
  (void)server::parse_networks(text);
  return 0;
}
