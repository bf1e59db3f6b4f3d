# attack: 294
# name: no_file_is_written_through_to_a_disk_that_others_use
# expect: held
import ctypes
import fcntl

TMPFS_MAGIC = 0x0102_1994
THROUGH = {"O_SYNC": os.O_SYNC, "O_DSYNC": os.O_DSYNC, "O_DIRECT": os.O_DIRECT}


def is_tmpfs(path):
    buffer = ctypes.create_string_buffer(256)  # struct statfs begins with the type
    result, error = syscall(137, path.encode(), buffer)
    return result == 0 and int.from_bytes(buffer.raw[:8], "little") == TMPFS_MAGIC


def kept(flag):
    """What of the flag is in force after opening with it, and after asking for it later."""
    found = 0
    for opened_with, asked_later in ((flag, 0), (0, flag)):
        try:
            descriptor = os.open("file", os.O_CREAT | os.O_RDWR | opened_with, 0o600)
            fcntl.fcntl(descriptor, fcntl.F_SETFL, asked_later)
        except OSError:
            continue
        found |= fcntl.fcntl(descriptor, fcntl.F_GETFL) & flag
        os.close(descriptor)
    return found


def main():
    if is_tmpfs("."):
        return verdict(True, "a tmpfs")
    through = [name for name, flag in THROUGH.items() if kept(flag)]
    return verdict(not through, through or "none")
