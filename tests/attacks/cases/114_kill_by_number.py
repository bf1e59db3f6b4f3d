# attack: 114
# name: no_process_of_the_machine_takes_a_signal
# expect: held
# limits: {"wall_time_s": 8, "cpu_time_s": 5}


def main():
    import ctypes

    call = c_library().syscall
    own = os.getpid()
    reached = []
    for pid in [*range(1, 70_000), *range(70_000, 4_200_000, 997)]:
        if pid != own and call(62, pid, 0) == 0:
            reached.append(pid)
        if len(reached) > 5:
            break
    others = [syscall("tgkill", pid, pid, 9) for pid in (1, 2, 3, os.getppid()) if pid != own]
    others += [syscall("tkill", pid, 9) for pid in (2, 3)]
    others += [syscall("rt_tgsigqueueinfo", own + 1, own + 1, 9, None)]
    return verdict(not reached and all(result == -1 for result, _ in others), reached or "nobody")
