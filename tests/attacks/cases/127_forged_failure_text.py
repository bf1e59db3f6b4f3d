# attack: 127
# name: a_forged_failure_is_one_clean_line
# expect: status=422 kind=exception
import json
import struct


def main():
    text = json.dumps({"kind": "exception", "type": "A\r\nX: y\u0000\u2028" * 1000,
                       "message": "m\r\n\x1b[31m" * 4000, "line": -2**40, "function": "f\n" * 999,
                       "traceback": "\u2028" * 2, "exit_code": 2**62, "more": [1]})
    data = text.encode()
    sent = struct.pack("II", 5, len(data)) + data
    while sent:
        sent = sent[os.write(3, sent):]
    return 1
