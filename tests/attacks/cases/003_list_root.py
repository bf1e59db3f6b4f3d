# attack: 3
# name: root_holds_python_and_nothing_else
# expect: held
# expect-without-chroot: weaker -- names of the host's programs show where only Landlock stands; none of them opens, no directory is listed
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
    result = verdict(not (strange or tools or devices), sorted(strange) + tools + sorted(devices)
                     or sorted(entries("/")) or "/ cannot be listed")
    opened = [tool for tool in tools if opens(shutil.which(tool) or tool)]
    result["weaker"] = not (strange or devices or opened)
    return result
