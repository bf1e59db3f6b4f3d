# attack: 146
# name: hooks_and_missing_streams_leave_the_result_intact
# expect: status=200 result={"honest":1} within=5
import signal
import threading


def main():
    def raising(*_):
        raise RuntimeError("from a hook")

    sys.excepthook = sys.unraisablehook = sys.displayhook = raising
    threading.excepthook = raising
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGSYS, signal.SIGPIPE):
        signal.signal(number, raising)
    sys.addaudithook(lambda *_: None)
    sys.stdout = sys.stderr = sys.__stdout__ = None
    threading.settrace(raising)
    threading.setprofile(raising)
    sys.settrace(raising)  # from here on every call of a Python function raises
    return {"honest": 1}
