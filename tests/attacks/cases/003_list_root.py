# attack: 3
# name: root_holds_python_and_nothing_else
# expect: held
import shutil


def entries(path):
    try:
        return set(os.listdir(path))
    except (PermissionError, FileNotFoundError):  # what cannot be listed shows less still
        return set()


def main():
    strange = entries("/") - {"dev", "lib", "lib64", "scratch", "tmp", "usr", "bin", "etc"}
    if not entries("/cells"):
        strange.discard("cells")  # where the fallback keeps its scratch directories
    tools = [tool for tool in ("sh", "bash", "dash", "busybox", "ls", "cat", "gcc", "perl", "curl",
                               "mount", "nsenter", "python3") if shutil.which(tool)]
    for shell in ("/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/env", "/bin/busybox"):
        if os.path.exists(shell):
            tools.append(shell)
    devices = entries("/dev") - {"null", "zero", "urandom", "full", "random"}
    return verdict(not (strange or tools or devices), sorted(strange) + tools + sorted(devices)
                   or sorted(entries("/")) or "/ cannot be listed")
