# attack: 21, 22, 23, 28
# name: there_is_no_proc
# expect: held
# expect-fallback: weaker -- without a mount namespace /proc may be there; nothing of another's opens
import glob


def main():
    judged = absent("/proc/1/environ", "/proc/self/mem", "/proc/self/exe", "/proc/self/maps",
                    "/proc/1/root", "/proc/self/root", "/proc/self/cwd", "/proc/self/fd",
                    "/proc/thread-self", "/proc/version", "/proc/cpuinfo", "/proc/self/ns/mnt",
                    "/proc/sys/kernel/hostname", "/proc/1/cmdline")
    commands = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                commands.append(file.read()[:40])
        except OSError:
            pass
    result = verdict(judged["held"] and not commands, commands or judged["saw"])
    result["weaker"] = not commands
    return result
