# attack: 220
# name: code_cannot_be_written
# expect: held
import ctypes


def main():
    target = ctypes.cast(c_library().getpid, ctypes.c_void_p).value & ~0xFFF
    read_write_exec = syscall("mprotect", target, 4096, 7)
    write_exec = syscall("mprotect", target, 4096, 6)
    read_end, write_end = os.pipe()
    os.write(write_end, b"x" * 8)
    into_text = syscall("read", read_end, ctypes.c_void_p(target), 8)
    moved = syscall("mremap", target, 4096, 4096, 1 | 2, 0x10000000)
    held = read_write_exec[0] == -1 and write_exec[0] == -1 and into_text[1] == "EFAULT"
    return verdict(held, [read_write_exec, write_exec, into_text, moved])
