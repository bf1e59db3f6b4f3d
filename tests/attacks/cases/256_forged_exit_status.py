# attack: 256
# name: an_exit_status_tells_only_of_the_script
# expect: status=422 kind=exit
import ctypes


def main():
    syscall(231, 137)  # exit_group(128 + SIGKILL)
    return 1
