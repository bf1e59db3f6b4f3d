# attack: 127, 135
# name: a_forged_value_without_bottom_is_not_passed_on
# expect: status=422 kind=crash
import struct


def main():
    value = b"[" * 500_000 + b"]" * 500_000
    sent = struct.pack("II", 4, len(value)) + value
    while sent:
        sent = sent[os.write(3, sent):]
    return 1
