# attack: 121
# name: locks_on_shared_files_are_refused
# expect: held
import glob


def main():
    library = os.open(glob.glob("/usr/lib/**/*.py", recursive=True)[0], os.O_RDONLY)
    f_getlk, f_ofd_getlk, f_ofd_setlk, f_ofd_setlkw, f_setlease, f_getlease = 5, 36, 37, 38, 1024, 1025
    import ctypes
    import struct

    lock = ctypes.create_string_buffer(struct.pack("hhqqi", 0, 0, 0, 1, 0) + bytes(8))
    calls = [("flock", library, how) for how in (1, 2, 5, 6)]
    calls += [("fcntl", library, command, lock)
              for command in (f_getlk, f_ofd_getlk, f_ofd_setlk, f_ofd_setlkw)]
    calls += [("fcntl", library, f_setlease, 0), ("fcntl", library, f_getlease, 0)]
    return all_refused(*calls)
