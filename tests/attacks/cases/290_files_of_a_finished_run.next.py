def true_directory():
    """Where the kernel says that this run is, whatever the C library is made to say."""
    import ctypes

    buffer = ctypes.create_string_buffer(4096)
    syscall(79, buffer, 4096)
    return buffer.value.decode()


def reached(place):
    """What could be done in a directory that is not this run's own."""
    for name in ("", "/work"):
        try:
            found = os.listdir(place + name)
            return f"{place}{name} lists {len(found)} names"
        except OSError:
            pass
        for file in ("/0", "/7499", "/planted"):
            try:
                os.close(os.open(place + name + file, os.O_CREAT | os.O_RDWR, 0o666))
                return f"{place}{name}{file} opens"
            except OSError:
                pass
    return None


def main():
    base = os.path.dirname(os.path.dirname(true_directory()))  # BASE/SLOT/work
    seen = []
    for _ in range(20):
        for number in range(2_000):
            place = f"{base}/removed-{number}"
            if os.path.lexists(place) and (what := reached(place)):
                return verdict(False, what)
        for parent in (base, os.path.dirname(base)):
            try:
                seen += [name for name in os.listdir(parent) if parent not in ("/", "")]
            except OSError:
                pass
    return verdict(not seen, seen or "nothing")
