# attack: 44
# name: a_32_bit_system_call_ends_the_run
# expect: kind=syscall
import ctypes


def text_of_library_with(function):
    """(address, bytes) of the executable segments of a library, from its own file and dladdr(3)."""

    class Info(ctypes.Structure):
        _fields_ = [("name", ctypes.c_char_p), ("base", ctypes.c_void_p),
                    ("symbol", ctypes.c_char_p), ("address", ctypes.c_void_p)]

    import struct

    info = Info()
    c_library().dladdr(ctypes.cast(function, ctypes.c_void_p), ctypes.byref(info))
    with open(info.name, "rb") as file:
        elf = file.read()
    base = 0 if struct.unpack_from("<H", elf, 16)[0] == 2 else info.base  # ET_EXEC has addresses
    headers, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    for i in range(count):
        kind, flags, offset, address, _, length = struct.unpack_from("<IIQQQQ", elf,
                                                                     headers + i * size)
        if kind == 1 and flags & 1:
            yield base + address, elf[offset:offset + length]


def main():
    # No new code can be made executable, so borrow two bytes that the library happens to hold:
    # "int 0x80". libffi sets eax to the number of floating-point arguments: 1, the 32-bit exit.
    for function in (c_library().ptrace, ctypes.pythonapi.PyLong_FromLong):
        for address, text in text_of_library_with(function):
            at = text.find(b"\xcd\x80")
            if at >= 0:
                gadget = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double)(address + at)
                return verdict(False, f"int 0x80 returned {gadget(1.0)}")
    raise SystemExit("no int 0x80 in the text of these libraries: choose another")
