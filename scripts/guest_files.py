"""What the steps of the guest's build share: where things lie, running a program, and which files stay outside."""

import fnmatch
import subprocess
import sys
from pathlib import Path

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
FORKJAIL = Path("usr/lib/forkjail")
SITE_PACKAGES = FORKJAIL / "site-packages"
TEST_DIRECTORIES = {"test", "tests"}


def fail(message):
    sys.exit(f"make_guest_root: {message}")


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        fail(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def left_out(relative, rules):
    """Whether a rule names this path, a directory above it, or, with a *, a pattern that it matches."""
    text = relative.as_posix()
    for rule, _ in rules:
        if text == rule or text.startswith(rule + "/") or ("*" in rule and fnmatch.fnmatch(text, rule)):
            return True
    return bool(TEST_DIRECTORIES.intersection(relative.parts)) or "__pycache__" in relative.parts
