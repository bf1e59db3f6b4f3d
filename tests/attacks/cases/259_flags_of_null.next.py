import fcntl


def main():
    flags = [fcntl.fcntl(descriptor, fcntl.F_GETFL) & (os.O_NONBLOCK | os.O_APPEND | os.O_ASYNC)
             for descriptor in (0, 1, 2)]
    return verdict(not any(flags), flags)
