# attack: 241
# name: a_refused_call_with_its_signal_blocked_ends_the_run
# expect: kind=syscall
# expect-fallback: weaker -- gVisor makes no call and lets the run go on
import signal


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGSYS])
    result, error = syscall("socket", 2, 1, 0)
    try:
        os.fstat(result)
        made = True
    except OSError:
        made = False
    return {**verdict(False, (result, error)), "weaker": not made}
