// A hostile zygote, or a hostile supervisor: a packet is refused with a reason, or is a message
// that comes back byte for byte with a verb that its sender has.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "protocol/packets.h"
#include "protocol/wire.h"

using namespace forkjail;
using namespace forkjail::protocol;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = std::as_bytes(std::span(data, size));
  const auto notice = decode_zygote_packet(packet);
  const auto order = decode_zygote_order(packet);
  FORKJAIL_CHECK(!(notice.ok() && order.ok()));
  if (notice) {
    FORKJAIL_CHECK(std::ranges::equal(with_text(notice->message, notice->text), packet));
    FORKJAIL_CHECK(notice->message.verb <= ZygoteVerb::exited);
    FORKJAIL_CHECK(notice->report.has_value() == (notice->message.verb == ZygoteVerb::ready));
  }
  if (order) {
    FORKJAIL_CHECK(std::ranges::equal(as_wire(*order), packet));
    FORKJAIL_CHECK(order->verb == ZygoteVerb::clone || order->verb == ZygoteVerb::reap);
  }
  if (!notice && !order) FORKJAIL_CHECK(!notice.error().to_string().empty());
  return 0;
}
