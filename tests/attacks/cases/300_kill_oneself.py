# attack: 300
# name: a_script_that_kills_itself_does_not_look_killed_by_another
# expect: held
import signal


def main():
    os.kill(os.getpid(), signal.SIGKILL)
    syscall("tgkill", os.getpid(), os.getpid(), signal.SIGKILL)
    return verdict(True, "ignored, as process 1 of a namespace ignores it")
