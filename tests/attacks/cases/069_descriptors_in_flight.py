# attack: 69, 258
# name: descriptors_cannot_be_sent
# expect: held
import array
import socket


def main():
    one, other = socket.socketpair()
    sent = 0
    seen = ""
    for _ in range(5000):
        try:
            # A socket in flight in itself: only the kernel's garbage collector finds it again.
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                  array.array("i", [one.fileno(), other.fileno()]))])
            sent += 1
        except OSError as error:
            seen = errno.errorcode[error.errno]
            break
    return verdict(sent == 0, f"{sent} sent, then {seen}")
