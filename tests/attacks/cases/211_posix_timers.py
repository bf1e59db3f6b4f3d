# attack: 211
# name: timers_that_signal_other_threads_are_refused
# expect: held
import ctypes
import struct


def main():
    thread_id, sigkill = 4, 9
    timer = ctypes.c_int()
    calls = []
    for target in (1, 2, os.getppid(), os.getpid() + 1):
        event = ctypes.create_string_buffer(struct.pack("Qiii", 0, sigkill, thread_id, target)
                                            + bytes(48))
        calls.append(("timer_create", 1, event, ctypes.byref(timer)))
    # A clock that is another process's: clock_getcpuclockid(3) of 1, 2 and the parent.
    moment = ctypes.create_string_buffer(16)
    calls += [(228, (~pid << 3) | 2, moment) for pid in (1, 2, 3, 100)]
    calls += [(228, (~fd << 3) | 3, moment) for fd in (0, 3)]
    return all_refused(*calls)
