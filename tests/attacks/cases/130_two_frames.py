# attack: 130
# name: a_second_frame_is_ignored
# expect: status=200 result={"first":1} | status=422 kind=crash
import struct


def main():
    for value in (b'{"first":1}', b'{"second":2}'):
        os.write(3, struct.pack("II", 4, len(value)) + value)
    return {"third": 3}
