# attack: 231
# name: a_frame_in_single_bytes_arrives
# expect: status=200 result={"slow":true} within=5
import struct
import time


def main():
    value = b'{"slow":true}'
    for byte in struct.pack("II", 4, len(value)) + value:
        os.write(3, bytes([byte]))
        time.sleep(0.001)
    time.sleep(3)
    return {"honest": 1}
