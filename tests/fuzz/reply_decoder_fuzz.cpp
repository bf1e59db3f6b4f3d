// A hostile cell: its bytes in pieces of any size give the same result as in one, within the caps.
// The first byte of the input chooses the size of the pieces.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/reply_decoder.h"

using namespace forkjail;

namespace {

protocol::ReplyDecoder decode(std::span<const std::byte> bytes, std::size_t piece) {
  protocol::ReplyDecoder decoder;
  const protocol::FrameHeader parked{static_cast<std::uint32_t>(protocol::FrameType::parked), 0};
  decoder.feed(std::as_bytes(std::span(&parked, 1)));
  decoder.start_run();
  while (!bytes.empty()) {
    const std::size_t n = std::min(piece, bytes.size());
    decoder.feed(bytes.first(n));
    bytes = bytes.subspan(n);
  }
  return decoder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  auto whole = decode(bytes, bytes.size() + 1);
  auto pieces = decode(bytes, 1 + data[0] % 16U);
  FORKJAIL_CHECK(whole.state() == pieces.state());
  FORKJAIL_CHECK(whole.payload() == pieces.payload());
  FORKJAIL_CHECK(whole.payload().size() <= kValueBytesMax);
  FORKJAIL_CHECK(whole.displays() == pieces.displays());
  FORKJAIL_CHECK(whole.files().size() == pieces.files().size());
  FORKJAIL_CHECK(whole.files().size() <= kLeftFilesMax);
  FORKJAIL_CHECK(whole.displays().size() <= kDisplaysMax);
  for (const auto& file : whole.files()) {
    FORKJAIL_CHECK(!file.path.empty() && file.path.size() <= kFilePathBytesMax);
  }
  FORKJAIL_CHECK(whole.refused_syscalls().size() <= protocol::kRefusedSyscallsMax);

  protocol::ReplyDecoder before_the_request;  // the same bytes while it warms
  before_the_request.feed(bytes);
  FORKJAIL_CHECK(before_the_request.state() != protocol::ReplyDecoder::State::value);
  return 0;
}
