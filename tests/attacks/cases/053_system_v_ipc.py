# attack: 53
# name: system_v_ipc_is_refused
# expect: held


def main():
    create, huge = 0o1666, 0o4000
    return all_refused(("shmget", 0x4A41, 4096, create), ("shmget", 0, 1 << 30, create),
                       ("shmget", 0, 2 << 20, create | huge), ("semget", 0x4A41, 1, create),
                       ("msgget", 0x4A41, create), ("shmat", 0, None, 0))
