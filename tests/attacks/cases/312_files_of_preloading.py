# attack: 312
# name: files_that_a_zygote_preloads_with_are_out_of_reach
# expect: held
# Beside the cells' directories, where there are no mounts: zygote-PID, of the zygote's own user.
import ctypes

FILES = ("", "/tmp", "/work", "/tmp/matplotlib")
ZYGOTES_MAX = 70_000


def true_directory():
    buffer = ctypes.create_string_buffer(4096)
    syscall(79, buffer, ctypes.c_ulong(4096))  # getcwd: the C library's own is redirected
    return buffer.value.decode().rpartition("/work")[0]


def reach(path):
    descriptor, error = syscall("openat", AT_FDCWD, ctypes.c_char_p(path.encode()), os.O_RDONLY)
    made = syscall(83, ctypes.c_char_p((path + "/x").encode()), 0o700)[0]  # mkdir
    return descriptor >= 0 or made == 0


def main():
    own = true_directory()
    beside = own.rpartition("/")[0]
    left = [name for name in os.listdir("/tmp") + os.listdir(".") if name != "x"]
    library = c_library()
    access = library.syscall
    zygotes = [f"{beside}/zygote-{pid}" for pid in range(1, ZYGOTES_MAX)
               if access(21, f"{beside}/zygote-{pid}".encode(), 0) == 0] if beside else []
    reached = [path + name for path in zygotes for name in FILES if reach(path + name)]
    return verdict(not left and not reached, [own, left, zygotes[:3], reached])
