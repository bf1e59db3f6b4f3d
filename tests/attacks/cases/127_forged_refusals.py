# attack: 127
# name: a_forged_list_of_refusals_is_harmless
# expect: status=422 | status=200
import struct


def main():
    numbers = struct.pack("16I", *[0xFFFFFFFF, 0x40000000, 2**31, 7] * 4)
    os.write(3, struct.pack("II", 3, len(numbers)) + numbers)
    raise ValueError("with a forged list before it")
