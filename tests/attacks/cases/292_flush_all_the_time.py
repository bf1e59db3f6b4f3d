# attack: 292
# name: flushing_files_never_waits_for_a_disk_that_others_use
# expect: held
import ctypes
import mmap

TMPFS_MAGIC = 0x0102_1994


def is_tmpfs(path):
    buffer = ctypes.create_string_buffer(256)  # struct statfs begins with the type
    result, error = syscall(137, path.encode(), buffer)
    return result == 0 and int.from_bytes(buffer.raw[:8], "little") == TMPFS_MAGIC


def main():
    """A tmpfs has nothing to flush. Where files lie on a disk the call is answered and not made,
    which a descriptor that is not open shows."""
    with open("file", "wb+") as file:
        file.write(bytes(1 << 20))
        file.flush()
        os.fsync(file.fileno())
        os.fdatasync(file.fileno())
        with mmap.mmap(file.fileno(), 0) as mapped:
            mapped[0] = 1
            mapped.flush()
    if is_tmpfs("."):
        return verdict(True, "a tmpfs")
    answers = {name: syscall(number, *arguments) for name, number, arguments in (
        ("fsync", 74, (999,)), ("fdatasync", 75, (999,)), ("msync", 26, (4096, 4096, 4)))}
    made = {name: error for name, (result, error) in answers.items() if result != 0}
    return verdict(not made, made or "answered, not made")
