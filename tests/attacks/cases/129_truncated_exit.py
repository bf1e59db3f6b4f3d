# attack: 129
# name: a_truncated_frame_and_an_exit_are_reported
# expect: status=422 kind=crash within=4 | status=422 kind=exit within=4
import struct


def main():
    os.write(3, struct.pack("II", 4, 1000) + b'"half')
    os._exit(0)
