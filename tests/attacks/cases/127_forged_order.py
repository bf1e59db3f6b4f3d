# attack: 127, 130
# name: frames_out_of_order_spoil_only_their_run
# expect: status=422 kind=crash
import struct


def main():
    os.write(3, struct.pack("II", 1, 0) + struct.pack("II", 2, 64) + bytes(64))
    return 1
