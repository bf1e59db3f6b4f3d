# attack: 73
# name: fork_bomb_makes_no_process
# expect: held
# limits: {"wall_time_s": 5, "cpu_time_s": 3}


def main():
    import ctypes

    fork = c_library().fork
    raw = c_library().syscall
    made = 0
    for _ in range(20000):
        for child in (fork(), raw(57), raw(58), raw(56, ctypes.c_long(17), 0, 0, 0, 0)):
            if child == 0:
                while True:
                    fork()
            made += child > 0
    return verdict(made == 0, f"{made} processes")
