# attack: 213
# name: rseq_abuse_ends_at_most_its_own_run
# expect: held | kind=crash
# next: held
import ctypes
import struct


def main():
    area = ctypes.create_string_buffer(4096)
    address = (ctypes.addressof(area) + 31) & ~31
    outcomes = [syscall("rseq", ctypes.c_void_p(address), 32, 0, 0xDEADBEEF),
                syscall("rseq", ctypes.c_void_p(-4096), 32, 0, 0),
                syscall("rseq", ctypes.c_void_p(address), 4000, 0, 1)]
    print(outcomes, flush=True)
    # The area that the C library registered: a critical section whose abort leads into the kernel.
    critical_section = ctypes.create_string_buffer(
        struct.pack("IIQQQ", 0, 0, 0, 2**47 - 1, 0xFFFFFFFF81000000))
    c = c_library()
    c.pthread_self.restype = ctypes.c_size_t
    offset = ctypes.c_ssize_t.in_dll(c, "__rseq_offset").value
    registered = ctypes.c_uint64.from_address(c.pthread_self() + offset + 8)
    for target in (ctypes.addressof(critical_section), 8, 0xFFFFFFFF81000000):
        registered.value = target
        for _ in range(1000):
            syscall("gettid")
    return verdict(True, outcomes)
