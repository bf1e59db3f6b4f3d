"""What a figure is worth nothing without: the machine, the versions, and whether it was quiet."""

import datetime
import os
import platform
import subprocess
import time
from pathlib import Path

BUSY_WARNING = 0.05  # share of all cores that others may use before the start


def cores():
    return len(os.sched_getaffinity(0))


def busy_share(seconds=1.0):
    """The share of all cores' time that was in use over the next `seconds`."""

    def times():
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]

    total, idle = times()
    time.sleep(seconds)
    total_after, idle_after = times()
    return round(1 - (idle_after - idle) / max(1, total_after - total), 3)


def _git(root, *arguments):
    try:
        done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True,
                              timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _commit(root):
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    if commit is None:
        return "unknown"
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return commit + (" with local changes" if changed else "")


def _first_match(path, key):
    try:
        for line in Path(path).read_text().splitlines():
            if line.startswith(key):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "unknown"


def _read(path):
    try:
        return Path(path).read_text().strip()
    except OSError:
        return "unknown"


def facts(root):
    busy = busy_share()
    warnings = []
    if busy > BUSY_WARNING:
        warnings.append(f"{busy:.0%} of the machine was in use before the start: "
                        "only the ratios say anything, and they little")
    memory_kb = _first_match("/proc/meminfo", "MemTotal").split()[0]
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _commit(root),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "cpu": _first_match("/proc/cpuinfo", "model name"),
        "cores": cores(),
        "memory_gb": round(int(memory_kb) / 1024**2, 1) if memory_kb.isdigit() else "unknown",
        "transparent_hugepages": _read("/sys/kernel/mm/transparent_hugepage/enabled"),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "python": platform.python_version(),
        "busy_before": busy,
        "warnings": warnings,
    }
