#include "protocol/packets.h"

#include <algorithm>
#include <array>

#include "protocol/wire.h"

namespace forkjail::protocol {
namespace {

enum class Text : std::uint8_t { none, plain, report };

template <typename Verb>
struct VerbRow {
  Verb verb;
  Text text;
};

constexpr std::array kServerVerbs{
    VerbRow{ServerVerb::spawn, Text::none},         VerbRow{ServerVerb::end, Text::none},
    VerbRow{ServerVerb::limit_memory, Text::none},  VerbRow{ServerVerb::measure_memory, Text::none},
    VerbRow{ServerVerb::open_keys, Text::none},     VerbRow{ServerVerb::offer, Text::none},
    VerbRow{ServerVerb::withdraw, Text::none},      VerbRow{ServerVerb::run_lasts, Text::none},
    VerbRow{ServerVerb::long_run_over, Text::none}, VerbRow{ServerVerb::run_waits, Text::none},
};
constexpr std::array kSupervisorVerbs{
    VerbRow{SupervisorVerb::zygote_ready, Text::report},
    VerbRow{SupervisorVerb::zygote_failed, Text::plain},
    VerbRow{SupervisorVerb::cell_started, Text::none},
    VerbRow{SupervisorVerb::spawn_failed, Text::plain},
    VerbRow{SupervisorVerb::cell_ended, Text::none},
    VerbRow{SupervisorVerb::memory_limited, Text::none},
    VerbRow{SupervisorVerb::spare_zygote_failed, Text::plain},
    VerbRow{SupervisorVerb::removal_failed, Text::none},
    VerbRow{SupervisorVerb::cannot_serve, Text::plain},
    VerbRow{SupervisorVerb::memory_measured, Text::none},
    VerbRow{SupervisorVerb::keys_opened, Text::none},
};
constexpr std::array kZygoteVerbs{
    VerbRow{ZygoteVerb::ready, Text::report},      VerbRow{ZygoteVerb::failed, Text::plain},
    VerbRow{ZygoteVerb::cloned, Text::none},       VerbRow{ZygoteVerb::exited, Text::none},
    VerbRow{ZygoteVerb::clone_failed, Text::none},
};
constexpr std::array kZygoteOrders{
    VerbRow{ZygoteVerb::clone, Text::none},
    VerbRow{ZygoteVerb::reap, Text::none},
};

Error wrong(const char* what) { return Error{"a packet", EPROTO, what}; }

template <WireStruct Message, typename Verbs>
Result<WithText<Message>> decode(std::span<const std::byte> packet, const Verbs& verbs) {
  const auto message = from_wire<Message>(packet);
  if (!message) return wrong("it is too short");
  const auto row = std::ranges::find(verbs, message->verb, &Verbs::value_type::verb);
  if (row == verbs.end()) return wrong("an unknown verb");
  WithText<Message> decoded{*message, std::string(text_behind<Message>(packet)), std::nullopt};
  if (row->text == Text::none && !decoded.text.empty()) return wrong("it is too long");
  if (row->text != Text::report) return decoded;
  decoded.report = decode_zygote_report(decoded.text);
  if (!decoded.report) return wrong("a malformed zygote report");
  return decoded;
}

bool is_known(ScratchExcess excess) {
  constexpr std::array kKnown{ScratchExcess::none, ScratchExcess::bytes, ScratchExcess::inodes};
  return std::ranges::find(kKnown, excess) != kKnown.end();
}

}  // namespace

Result<ServerMessage> decode_server_packet(std::span<const std::byte> packet) {
  const auto decoded = decode<ServerMessage>(packet, kServerVerbs);
  if (!decoded) return decoded.error();
  if (!known_flavour(decoded->message.flavour)) return wrong("an unknown flavour");
  return decoded->message;
}

Result<WithText<SupervisorMessage>> decode_supervisor_packet(std::span<const std::byte> packet) {
  auto decoded = decode<SupervisorMessage>(packet, kSupervisorVerbs);
  if (!decoded) return decoded;
  if (!known_flavour(decoded->message.flavour)) return wrong("an unknown flavour");
  if (!is_known(decoded->message.scratch_excess)) return wrong("an unknown scratch limit");
  return decoded;
}

Result<WithText<ZygoteMessage>> decode_zygote_packet(std::span<const std::byte> packet) {
  return decode<ZygoteMessage>(packet, kZygoteVerbs);
}

Result<ZygoteMessage> decode_zygote_order(std::span<const std::byte> packet) {
  const auto decoded = decode<ZygoteMessage>(packet, kZygoteOrders);
  if (!decoded) return decoded.error();
  return decoded->message;
}

}  // namespace forkjail::protocol
