# attack: 104
# name: priority_cannot_be_changed
# expect: held
import ctypes
import struct


def main():
    fifo = (ctypes.c_int * 1)(50)
    deadline = ctypes.create_string_buffer(struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 1000000,
                                                       10000000, 10000000))
    every_cpu = ctypes.create_string_buffer(b"\xff" * 128)
    judged = all_refused(("sched_setscheduler", 0, 1, fifo), ("sched_setscheduler", 0, 2, fifo),
                         ("sched_setparam", 0, fifo), ("sched_setattr", 0, deadline, 0),
                         ("setpriority", 0, 0, -20), ("setpriority", 2, os.getuid(), 19),
                         ("ioprio_set", 1, 0, 1 << 13), ("sched_setaffinity", 0, 128, every_cpu))
    nicer = raises(lambda: os.nice(-5), lambda: os.nice(5))
    return verdict(judged["held"] and nicer["held"], judged["saw"])
