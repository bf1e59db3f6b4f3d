# attack: 214
# name: huge_vectors_and_wild_pointers_are_errors
# expect: held | kind=crash
import ctypes
import struct


def main():
    with open("file", "wb") as file:
        file.write(b"x" * 4096)
    descriptor = os.open("file", os.O_RDWR)
    one = ctypes.create_string_buffer(b"y" * 4096)
    vectors = ctypes.create_string_buffer(struct.pack("QQ", ctypes.addressof(one), 2**63 - 1) * 1024)
    wild = [ctypes.c_void_p(p) for p in (0, -1, -4096, 0xFFFF800000000000, 0xFFFFFFFF81000000,
                                         0x7FFFFFFFF000, 0x800000000000)]
    worrying = []
    for number in (19, 20):  # readv, writev
        for count in (1024, 1 << 20, -1, 2**31):
            result, _ = syscall(number, descriptor, vectors, count)
            if result > 1 << 27:
                worrying.append(f"{number}: {result}")
    for pointer in wild:
        for call in ((1, descriptor, pointer, 4096), (257, AT_FDCWD, pointer, 0), (5, 0, pointer),
                     (217, descriptor, pointer, 4096), (202, pointer, 129, 1), (63, pointer),
                     (79, pointer, 100), (318, pointer, 16, 0), (13, 10, pointer, pointer, 8)):
            result, error = syscall(*call)
            if call[0] in (1, 5, 63, 79) and result > 0:
                worrying.append(f"{call[0]} with a wild pointer: {result}")
    return verdict(not worrying, worrying or "EFAULT and the like")
