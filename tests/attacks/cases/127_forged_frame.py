# attack: 127
# name: a_forged_frame_is_the_runs_own_result_at_most
# expect: status=200 result={"forged":true} | status=422 kind=crash
import struct


def main():
    value = b'{"forged":true}'
    os.write(3, struct.pack("II", 4, len(value)) + value)
    return {"honest": True}
