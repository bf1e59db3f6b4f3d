# attack: 3
# name: root_holds_python_and_nothing_else
# expect: held
import shutil


def main():
    entries = set(os.listdir("/"))
    strange = entries - {"dev", "lib", "lib64", "scratch", "tmp", "usr", "bin", "etc"}
    tools = [tool for tool in ("sh", "bash", "dash", "busybox", "ls", "cat", "gcc", "perl", "curl",
                               "mount", "nsenter", "python3") if shutil.which(tool)]
    for shell in ("/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/env", "/bin/busybox"):
        if os.path.exists(shell):
            tools.append(shell)
    devices = set(os.listdir("/dev")) - {"null", "zero", "urandom", "full", "random"}
    return verdict(not (strange or tools or devices), sorted(strange) + tools + sorted(devices)
                   or sorted(entries))
