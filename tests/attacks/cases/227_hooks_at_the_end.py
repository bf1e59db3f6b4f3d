# attack: 227
# name: hooks_that_run_late_cannot_change_the_answer
# expect: status=200 result={"honest":1} within=5
import atexit
import faulthandler
import gc
import signal
import struct
import threading
import weakref


def late(*_):
    value = b'{"forged":1}'
    try:
        os.write(3, struct.pack("II", 4, len(value)) + value)
    except OSError:
        pass


class Late:
    def __del__(self):
        late()


def main():
    atexit.register(late)
    os.register_at_fork(before=late, after_in_child=late, after_in_parent=late)
    kept = globals()["kept"] = Late()
    kept.itself = kept
    weakref.finalize(kept, late)
    gc.callbacks.append(lambda *_: None)
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    faulthandler.enable()
    threading.Thread(target=lambda: None).start()
    return {"honest": 1}
