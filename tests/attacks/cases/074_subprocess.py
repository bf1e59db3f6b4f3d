# attack: 74, 75
# name: no_program_starts
# expect: held | kind=syscall
import subprocess


def main():
    calls = [
        lambda: subprocess.run(["/bin/sh", "-c", "id"], check=True),
        lambda: subprocess.check_output([sys.executable or "python3", "-c", "1"]),
        lambda: subprocess.Popen("id", shell=True).wait() and 0,
        lambda: os.posix_spawn("/usr/lib/forkjail/forkjail-zygote", ["x"], {}),
        lambda: os.execv("/usr/lib/forkjail/forkjail-zygote", ["x"]),
        lambda: os.popen("id").read() or 1 / 0,
    ]
    judged = raises(*calls, kinds=(OSError, subprocess.SubprocessError, ZeroDivisionError,
                                   RuntimeError))
    try:
        status = os.system("exit 0")
    except PermissionError as error:
        status = error
    return verdict(judged["held"] and status != 0, f"{judged['saw']}; system(): {status}")
