// A hostile server, or a hostile supervisor: a packet is refused with a reason, or is a message
// that comes back byte for byte and whose values are all known ones.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "protocol/packets.h"
#include "protocol/wire.h"

using namespace forkjail;
using namespace forkjail::protocol;

namespace {

void check_order(std::span<const std::byte> packet) {
  const auto message = decode_server_packet(packet);
  if (!message) {
    FORKJAIL_CHECK(!message.error().to_string().empty());
    return;
  }
  FORKJAIL_CHECK(std::ranges::equal(as_wire(*message), packet));
  FORKJAIL_CHECK(!name_of(message->flavour).empty());
  FORKJAIL_CHECK(message->verb >= ServerVerb::spawn && message->verb <= ServerVerb::run_waits);
}

void check_notice(std::span<const std::byte> packet) {
  const auto notice = decode_supervisor_packet(packet);
  if (!notice) {
    FORKJAIL_CHECK(!notice.error().to_string().empty());
    return;
  }
  FORKJAIL_CHECK(std::ranges::equal(with_text(notice->message, notice->text), packet));
  FORKJAIL_CHECK(!name_of(notice->message.flavour).empty());
  FORKJAIL_CHECK(notice->message.scratch_excess <= ScratchExcess::inodes);
  FORKJAIL_CHECK(notice->report.has_value() ==
                 (notice->message.verb == SupervisorVerb::zygote_ready));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = std::as_bytes(std::span(data, size));
  check_order(packet);
  check_notice(packet);
  return 0;
}
