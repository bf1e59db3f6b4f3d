# attack: 75
# name: a_daemon_cannot_be_left_behind
# expect: held


def main():
    result, error = syscall("fork")
    if result == 0:
        syscall("setsid")
        if syscall("fork")[0] == 0:
            while True:
                pass
        os._exit(0)
    spawned = raises(lambda: os.spawnv(os.P_NOWAIT, "/lib64/ld-linux-x86-64.so.2", ["x"]),
                     lambda: os.fork(), kinds=(OSError, RuntimeError, AttributeError))
    return verdict(result == -1 and spawned["held"], error or f"forked {result}")
