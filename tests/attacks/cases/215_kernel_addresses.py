# attack: 215
# name: the_kernels_memory_is_out_of_reach
# expect: held
import ctypes


def main():
    """write(2) from an address asks the kernel to read it: EFAULT is the layer."""
    read_end, write_end = os.pipe()
    leaked = []
    for address in (0xFFFFFFFF81000000, 0xFFFF888000000000, 0xFFFFC90000000000, 0xFFFFFFFFFF5FF000,
                    0xFFFFFE0000000000, 0xFFFFFFFFC0000000):
        result, error = syscall("write", write_end, ctypes.c_void_p(address), 8)
        if result > 0:
            leaked.append(hex(address))
    for call, arguments in (("mmap", (ctypes.c_void_p(0), 4096, 3, 0x32, -1, 0)),):
        result, error = syscall(call, *arguments)
        if result == 0 and not error:
            leaked.append("page zero was mapped")
    return verdict(not leaked, leaked or "EFAULT")
