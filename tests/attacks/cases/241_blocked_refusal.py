# attack: 241
# name: a_refused_call_with_its_signal_blocked_ends_the_run
# expect: kind=syscall
import signal


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGSYS])
    return verdict(False, syscall("socket", 2, 1, 0))
