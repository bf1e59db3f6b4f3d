# attack: 237
# name: socket_buffers_are_bounded
# expect: held | kind=memory
import socket


def main():
    pairs, filled = [], 0
    try:
        while True:
            pair = socket.socketpair()
            pairs.append(pair)
            for end in pair:
                end.setblocking(False)
                try:
                    while True:
                        filled += end.send(bytes(65536))
                except BlockingIOError:
                    pass
    except OSError as error:
        return verdict(filled < 256 << 20, f"{error.errno}: {len(pairs)} pairs, {filled >> 20} MB")
