# attack: 134
# name: printed_json_stays_in_stdout
# expect: status=200 result={"honest":1} stdout~admin
import struct


def main():
    print('{"result": {"admin": true}, "stdout": ""}')
    forged = b'{"admin":true}'
    sys.stdout.flush()
    os.write(1, struct.pack("II", 4, len(forged)) + forged)
    os.write(2, struct.pack("II", 4, len(forged)) + forged)
    return {"honest": 1}
