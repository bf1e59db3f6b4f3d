# attack: 43
# name: clone3_does_not_exist_and_threads_work
# expect: held
import ctypes
import struct
import threading


def main():
    process = ctypes.create_string_buffer(struct.pack("8Q", 0, 0, 0, 0, 17, 0, 0, 0))
    result, error = syscall("clone3", process, 64)
    if result == 0:
        os._exit(7)
    done = []
    thread = threading.Thread(target=lambda: done.append(1))
    thread.start()
    thread.join()
    return verdict(error == "ENOSYS" and done, f"{error or result}, thread ran: {bool(done)}")
