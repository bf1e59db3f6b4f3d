// SOCK_SEQPACKET Unix sockets: each packet carries one message and, beside it, descriptors and the
// sender's credentials (unix(7), cmsg(3)). Used between server, supervisor and zygote; never
// reachable from a script.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail {

inline constexpr std::size_t kPacketBytesMax = 16 * 1024;
inline constexpr std::size_t kPacketFdsMax = 16;

struct Packet {
  std::vector<std::byte> bytes;  // empty: the peer closed its end
  std::vector<UniqueFd> fds;     // close-on-exec
  bool fds_lost = false;         // some were lost: this process cannot open more
  pid_t sender_pid = 0;          // in the receiver's pid namespace, vouched for by the kernel; 0
                                 // unless the socket has SO_PASSCRED
};

// A connected pair, close-on-exec.
Result<std::pair<UniqueFd, UniqueFd>> make_socket_pair();

enum class WhenFull {
  wait,  // on a blocking socket
  fail,  // EAGAIN
};

// Sends one packet. The caller keeps its descriptors. Errors: EAGAIN on a full non-blocking socket,
// EPIPE when the peer is gone (no signal is raised), ETOOMANYREFS when too many descriptors are
// under way.
Status send_packet(int socket, std::span<const std::byte> bytes, std::span<const int> fds = {},
                   WhenFull when_full = WhenFull::wait);

// Whether this error of send_packet means that the peer has closed its end.
[[nodiscard]] bool peer_is_gone(const Error& error);

// Receives one packet. If its descriptors could not all be received (EMFILE, ENFILE), the bytes are
// returned and fds_lost is set; the receiver decides what that means. Errors: EAGAIN on an empty
// non-blocking socket, EMSGSIZE when the bytes were truncated.
Result<Packet> receive_packet(int socket);

}  // namespace forkjail
