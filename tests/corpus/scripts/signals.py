# Signals within the process.

# %% alarm_as_timeout
import signal

class Timeout(Exception):
    pass

def on_alarm(number, frame):
    raise Timeout

def main():
    signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        while True:
            pass
    except Timeout:
        return "timed out", signal.alarm(0)

# %% alarm_cancelled
import signal

def main():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.alarm(10)
    return 0 < signal.alarm(0) <= 10

# %% alarm_interrupts_sleep
import signal
import time

def main():
    fired = []
    signal.signal(signal.SIGALRM, lambda *_: fired.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    return fired

# %% repeated_timer
import signal
import time

def main():
    ticks = []
    signal.signal(signal.SIGALRM, lambda *_: ticks.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
    while len(ticks) < 3:
        time.sleep(0.001)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return signal.getitimer(signal.ITIMER_REAL)

# %% raise_signal
import signal

def main():
    seen = []
    for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda n, _: seen.append(signal.Signals(n).name))
        signal.raise_signal(number)
    return seen

# %% kill_oneself_handled
import os
import signal

def main():
    seen = []
    signal.signal(signal.SIGUSR2, lambda *_: seen.append(1))
    os.kill(os.getpid(), signal.SIGUSR2)
    os.kill(os.getpid(), 0)
    return seen

# %% keyboard_interrupt
import signal

def main():
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return "KeyboardInterrupt"

# %% masks
import signal

def main():
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    signal.raise_signal(signal.SIGUSR1)
    blocked = list(seen)
    signal.pthread_sigmask(signal.SIG_SETMASK, old)
    return blocked, seen

# %% thread_kill
import signal
import threading

def main():
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
    return seen, signal.strsignal(signal.SIGSEGV)

# %% wakeup_descriptor
import os
import signal

def main():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.raise_signal(signal.SIGUSR1)
    signal.set_wakeup_fd(-1)
    return os.read(reader, 10)[0] == signal.SIGUSR1

# %% faulthandler
import faulthandler

def main():
    faulthandler.enable()
    with open("trace", "w+") as file:
        faulthandler.dump_traceback(file)
        faulthandler.dump_traceback_later(60, file=file)
        faulthandler.cancel_dump_traceback_later()
        file.seek(0)
        text = file.read()
    faulthandler.disable()
    return "main" in text

# %% ignored_signal
import signal

def main():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.raise_signal(signal.SIGTERM)
    return signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
