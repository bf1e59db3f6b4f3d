# attack: 127
# name: a_forged_value_that_is_no_json_is_not_passed_on
# expect: status=422 kind=crash
import struct


def main():
    value = b'1},"admin":true,"x":{"y":1'
    os.write(3, struct.pack("II", 4, len(value)) + value)
    return 1
