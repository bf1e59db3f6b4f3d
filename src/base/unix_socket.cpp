#include "base/unix_socket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>

namespace forkjail {

Result<std::pair<UniqueFd, UniqueFd>> make_socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return errno_error("socketpair");
  }
  return std::pair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Status send_packet(int socket, std::span<const std::byte> bytes, std::span<const int> fds,
                   WhenFull when_full) {
  const int flags = MSG_NOSIGNAL | (when_full == WhenFull::fail ? MSG_DONTWAIT : 0);
  if (bytes.size() > kPacketBytesMax || fds.size() > kPacketFdsMax) {
    return Error{"sendmsg", EMSGSIZE, {}};
  }
  iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};  // NOLINT(*-const-cast)
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kPacketFdsMax * sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(socket, &message, flags);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return errno_error("sendmsg");
  return ok_status();
}

bool peer_is_gone(const Error& error) {
  return error.sys_errno == EPIPE || error.sys_errno == ECONNRESET || error.sys_errno == ENOTCONN;
}

Result<Packet> receive_packet(int socket) {
  Packet packet;
  packet.bytes.resize(kPacketBytesMax);
  iovec part{packet.bytes.data(), packet.bytes.size()};
  constexpr std::size_t kControlBytes =
      CMSG_SPACE(kPacketFdsMax * sizeof(int)) + CMSG_SPACE(sizeof(ucred));
  // NOLINTNEXTLINE(*-member-init): recvmsg(2) fills it
  alignas(cmsghdr) std::array<char, kControlBytes> control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return errno_error("recvmsg");

  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET) continue;
    const std::size_t payload = header->cmsg_len - CMSG_LEN(0);
    if (header->cmsg_type == SCM_RIGHTS) {
      for (std::size_t at = 0; at + sizeof(int) <= payload; at += sizeof(int)) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header) + at, sizeof fd);
        packet.fds.emplace_back(fd);
      }
    } else if (header->cmsg_type == SCM_CREDENTIALS && payload >= sizeof(ucred)) {
      ucred credentials{};
      std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
      packet.sender_pid = credentials.pid;
    }
  }
  if ((message.msg_flags & MSG_TRUNC) != 0) return Error{"recvmsg", EMSGSIZE, {}};
  packet.fds_lost = (message.msg_flags & MSG_CTRUNC) != 0;
  packet.bytes.resize(static_cast<std::size_t>(received));
  return packet;
}

}  // namespace forkjail
