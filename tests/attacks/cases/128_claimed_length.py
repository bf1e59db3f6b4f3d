# attack: 128
# name: a_claim_of_four_gigabytes_is_rejected
# expect: status=422 kind=crash
import struct


def main():
    os.write(3, struct.pack("II", 4, 0xFFFFFFFF) + b"x" * 100)
    return 1
