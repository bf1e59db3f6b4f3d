# attack: 127
# name: a_forged_value_without_text_is_not_passed_on
# expect: status=422 kind=crash
import struct


def main():
    os.write(3, struct.pack("II", 4, 0))
    return 1
