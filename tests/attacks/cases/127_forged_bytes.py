# attack: 127, 140
# name: a_forged_value_that_is_not_utf_8_is_not_passed_on
# expect: status=422 kind=crash
import struct


def main():
    value = b'"\xff\xfe\xed\xa0\x80"'
    os.write(3, struct.pack("II", 4, len(value)) + value)
    return 1
