import ctypes
import gc


def readable_ranges():
    """Ranges of this process that can be read: asked of the kernel page by page, by writing one
    byte of each to a pipe, which answers EFAULT where nothing is mapped."""
    c = c_library()
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)

    def is_mapped(address):
        if c.write(write_end, ctypes.c_void_p(address), 1) != 1:
            return False
        os.read(read_end, 1)
        return True

    def around(address, before, after):
        start = address & ~0xFFF
        begin = end = start
        while begin > start - before and is_mapped(begin - 4096):
            begin -= 4096
        while end < start + after and is_mapped(end):
            end += 4096
        return begin, end

    brk = syscall("brk", 0)[0]
    yield around(brk - 4096, 1 << 28, 1 << 20)  # the C heap
    yield around(id(object()), 1 << 26, 1 << 26)  # Python's arenas
    yield around(id([]), 1 << 26, 1 << 26)
    yield around(id("x" * 100_000), 1 << 22, 1 << 22)
    yield around(ctypes.addressof(ctypes.c_char_p.in_dll(c, "environ")), 1 << 20, 1 << 20)
    stack = ctypes.c_void_p.in_dll(c, "environ").value
    yield around(stack, 1 << 23, 1 << 20)


def holds_marker(block):
    """Piece by piece: joined, the marker would be in the memory that is searched."""
    at = block.find(b"c0ffee")
    while at >= 0:
        if (block[at - 7:at] == b"marker-" and block[at - 12:at - 7] == b"-run-"
                and block[at - 19:at - 12] == b"earlier"):
            return True
        at = block.find(b"c0ffee", at + 1)
    return False


def main():
    scanned, found = 0, []
    for begin, end in readable_ranges():
        scanned += end - begin
        for at in range(begin, end, 1 << 20):
            if holds_marker(ctypes.string_at(at, min((1 << 20) + 64, end - at))):
                found.append(hex(at))
    objects = [name for o in gc.get_objects() if isinstance(o, dict)
               for name in ("earlier_run", "EARLIER") if name in o]
    held = scanned > 1 << 20 and not found and not objects
    return verdict(held, found or objects or f"{scanned >> 20} MB scanned")
