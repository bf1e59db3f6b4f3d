# attack: 240
# name: replacing_the_handler_of_refusals_permits_nothing
# expect: held | kind=syscall | kind=crash
import signal


def main():
    signal.signal(signal.SIGSYS, lambda *_: None)
    first = syscall("socket", 2, 1, 0)
    signal.signal(signal.SIGSYS, signal.SIG_IGN)
    second = syscall("unshare", 0x10000000)
    import socket

    connected = False
    try:
        socket.create_connection(("127.0.0.1", 8080), timeout=1)
        connected = True
    except OSError:
        pass
    # Without the handler the number of the call stays in the result register: not a descriptor.
    closed = raises(lambda: os.fstat(first[0] if first[0] > 4 else 200))
    return verdict(not connected and closed["held"], [first, second])
