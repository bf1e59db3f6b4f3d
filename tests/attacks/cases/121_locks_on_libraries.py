# attack: 121
# name: locks_on_shared_files_are_refused_or_not_real
# expect: held
import ctypes
import glob
import struct

F_GETLK, F_SETLK, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW = 5, 6, 36, 37, 38
F_SETLEASE, F_GETLEASE = 1024, 1025
READ, WRITE, UNLOCKED = 0, 1, 2


def lock(descriptor, command, kind):
    request = ctypes.create_string_buffer(struct.pack("hhxxxxqqi", kind, 0, 0, 1, 0) + bytes(8))
    result, error = syscall("fcntl", descriptor, command, request)
    asked = command in (F_GETLK, F_OFD_GETLK)
    shown = asked and struct.unpack_from("h", request)[0] != UNLOCKED
    return error or ("a lock is shown" if shown else result)


def main():
    library = os.open(glob.glob(guest("usr/lib/**/*.py"), recursive=True)[0], os.O_RDONLY)
    judged = all_refused(*[("flock", library, how) for how in (1, 2, 5, 6)],
                         ("fcntl", library, F_SETLEASE, 0), ("fcntl", library, F_GETLEASE, 0))
    # A lock that is only said to be taken is no channel. Locks of an open file description conflict
    # with those of another one of the same process: where they do, the kernel really has them.
    first = os.open("/tmp/locked", os.O_CREAT | os.O_RDWR)
    second = os.open("/tmp/locked", os.O_RDWR)
    seen = [lock(first, F_OFD_SETLK, WRITE), lock(second, F_OFD_SETLK, WRITE),
            lock(second, F_OFD_GETLK, WRITE), lock(library, F_OFD_SETLK, READ),
            lock(library, F_SETLK, READ), lock(library, F_GETLK, READ)]
    real = "EAGAIN" in seen or "a lock is shown" in seen
    return verdict(judged["held"] and not real, f"{judged['saw']}; record locks: {seen}")
