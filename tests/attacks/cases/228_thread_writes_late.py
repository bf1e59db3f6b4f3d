# attack: 228
# name: a_thread_that_writes_after_the_answer_spoils_nothing
# expect: status=200 result={"honest":1} within=5 | status=200 result={"forged":1} within=5 | status=422 kind=crash within=5
# next: held
import struct
import threading


def main():
    value = b'{"forged":1}'
    frame = struct.pack("II", 4, len(value)) + value

    def write():
        while True:
            try:
                os.write(3, frame)
            except OSError:
                return

    started = threading.Event()
    threading.Thread(target=lambda: (started.set(), write()), daemon=True).start()
    started.wait()
    return {"honest": 1}
