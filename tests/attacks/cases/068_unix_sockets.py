# attack: 68
# name: unix_sockets_reach_nobody
# expect: held
import socket


def main():
    abstract = b"\x01\x00\x00hostile"
    one, other = socket.socketpair()
    calls = all_refused(("socket", 1, 1, 0), ("socket", 1, 2, 0),
                        ("bind", one.fileno(), abstract, len(abstract)),
                        ("connect", one.fileno(), abstract, len(abstract)),
                        ("setsockopt", one.fileno(), 1, 7, abstract, 4),
                        ("socketpair", 1, 2, 0, bytes(8)), ("socketpair", 1, 5, 0, bytes(8)),
                        ("socketpair", 30, 1, 0, bytes(8)), ("socketpair", 2, 1, 0, bytes(8)))
    other.close()
    return calls
