# attack: 310
# name: no_function_of_the_c_library_starts_a_process
# expect: held
# The zygote wraps some of these so that a refusal is named: the refusal is still the kernel's.
import ctypes


def main():
    library = c_library()
    none = ctypes.c_void_p(None)
    arguments = (ctypes.c_char_p * 2)(b"x", None)
    child = ctypes.c_int(0)
    seen = []
    for name in ("fork", "vfork", "_Fork"):
        result = getattr(library, name)()
        if result == 0:
            os._exit(7)
        seen.append((name, result))
    for program in (b"/lib64/ld-linux-x86-64.so.2", b"/nonexistent"):
        for name in ("posix_spawn", "posix_spawnp"):
            error = getattr(library, name)(ctypes.byref(child), program, none, none, arguments, none)
            seen.append((name, -1 if error == errno.EPERM and child.value == 0 else error))
    seen.append(("daemon", library.daemon(1, 1)))
    seen.append(("execv", library.execv(b"/lib64/ld-linux-x86-64.so.2", arguments)))
    library.popen.restype = ctypes.c_void_p
    seen.append(("popen", library.popen(b"true", b"r") or -1))
    try:
        os.waitpid(-1, os.WNOHANG)
        seen.append(("a child", 0))
    except OSError:
        pass  # none, or not even the question
    return verdict(all(result == -1 for _, result in seen), seen)
