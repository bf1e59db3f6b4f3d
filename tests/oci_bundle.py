"""config.json of an OCI bundle for runsc: a container as Docker starts one, beside its `rootfs`.

As a program: oci_bundle.py DIRECTORY COMMAND..., for a sandbox with a network of its own and no limits.
"""

import json
import sys
from pathlib import Path

# What Docker gives a container unasked.
DOCKER_CAPABILITIES = (
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
    "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT")


def write(directory, command, environment, namespaces=("pid", "ipc", "uts", "mount"), **linux):
    """`linux`: more of the section of that name, control groups for example."""
    capabilities = [f"CAP_{name}" for name in DOCKER_CAPABILITIES]
    (Path(directory) / "config.json").write_text(json.dumps({
        "ociVersion": "1.0.0",
        "process": {
            "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": environment, "args": command,
            "capabilities": {kind: capabilities for kind in ("bounding", "effective", "permitted")},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 20_000, "soft": 20_000}]},
        "root": {"path": "rootfs", "readonly": False},
        "hostname": "localhost",
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/sys", "type": "sysfs", "source": "sysfs",
             "options": ["nosuid", "noexec", "nodev", "ro"]}],
        "linux": {"namespaces": [{"type": kind} for kind in namespaces], **linux},
    }, indent=1))


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2:], ["PATH=/usr/bin:/bin"], ("pid", "network", "ipc", "uts", "mount"))
