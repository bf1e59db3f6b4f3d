# attack: 45
# name: an_x32_system_call_ends_the_run
# expect: kind=syscall


def main():
    result, error = syscall(0x40000000 | NUMBERS["getpid"])
    return verdict(False, f"x32 getpid: {error or result}")
