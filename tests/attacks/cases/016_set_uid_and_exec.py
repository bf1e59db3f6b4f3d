# attack: 16
# name: no_set_uid_bit_and_no_exec
# expect: held
import ctypes


def main():
    with open("tool", "wb") as tool:
        tool.write(b"\x7fELF" + bytes(60))
    descriptor = os.open("tool", os.O_RDONLY)
    arguments = (ctypes.c_char_p * 2)(b"tool", None)
    judged = all_refused(
        ("chmod", b"tool", 0o4755), ("chmod", b"tool", 0o2755), ("chmod", b"tool", 0o6777),
        ("fchmod", descriptor, 0o4755), ("fchmodat", AT_FDCWD, b"tool", 0o4755),
        ("fchmodat2", AT_FDCWD, b"tool", 0o4755, 0),
        ("openat", AT_FDCWD, b"tool2", os.O_CREAT | os.O_WRONLY, 0o4755),
        ("execve", b"tool", arguments, None),
        ("execve", b"/lib64/ld-linux-x86-64.so.2", arguments, None),
        ("execveat", descriptor, b"", arguments, None, 0x1000))
    set_id = os.stat("tool").st_mode & 0o6000 or os.path.exists("tool2")
    return verdict(judged["held"] and not set_id, judged["saw"])
