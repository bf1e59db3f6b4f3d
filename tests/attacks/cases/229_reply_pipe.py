# attack: 229
# name: the_result_pipe_takes_no_abuse
# expect: status=200 result={"honest":1} within=5 | status=422 within=5
# limits: {"wall_time_s": 3}
import fcntl


def main():
    seen = {}
    for name, act in dict(
        nonblocking=lambda: os.set_blocking(3, False),
        packets=lambda: fcntl.fcntl(3, fcntl.F_SETFL, os.O_DIRECT | os.O_NONBLOCK),
        asynchronous=lambda: fcntl.fcntl(3, fcntl.F_SETFL, os.O_ASYNC),
        reads=lambda: os.read(3, 1), seeks=lambda: os.lseek(3, 0, 0),
        truncates=lambda: os.ftruncate(3, 0), chmods=lambda: os.chmod(3, 0o777),
        locks=lambda: fcntl.lockf(3, fcntl.LOCK_EX | fcntl.LOCK_NB),
        copies=lambda: [os.dup(3) for _ in range(100)],
        pipe_size=lambda: fcntl.fcntl(3, 1032),
        inherits=lambda: os.set_inheritable(3, True),
        times=lambda: os.utime(3),
        moves=lambda: (os.dup2(3, 200), os.dup2(1, 3), os.dup2(200, 3)),
    ).items():
        try:
            act()
            seen[name] = "done"
        except Exception as error:
            seen[name] = type(error).__name__
    print(seen)
    return {"honest": 1}
