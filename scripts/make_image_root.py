#!/usr/bin/python3
"""Complete a directory into the root of the container image.

The directory holds what scripts/install.sh put below its usr/local. Added are the shared libraries
that the service and nsjail load, the few files and directories that a root must have, and a record
of each Debian package that a file came from, where vulnerability scanners look for it. No shell, no
package manager, no interpreter: in the fallback level a script may see the names of what lies here.

Runs at the image's build, as root, on the distribution that the libraries are taken from.
"""

import argparse
import sys
from pathlib import Path

from guest_files import fail, run
from guest_libraries import add_libraries, check_libraries
from make_guest_root import print_sizes

INSTALLED = Path("usr/local")
GUEST = INSTALLED / "lib/forkjail/guest"

# Empty, but for what the engine or nsjail puts there.
DIRECTORIES = (
    ("dev", 0o755, "the engine's devices"),
    ("proc", 0o755, "the engine's /proc"),
    ("sys", 0o755, "the engine's /sys"),
    ("etc", 0o755, "the engine's hosts and resolv.conf"),
    ("mnt", 0o755, "the guest's root is bound here where others cannot reach it"),
    ("run", 0o755, "nsjail's two empty directories"),
    ("tmp", 0o1777, "runs keep their files here if neither mounts nor chroot are available"),
    (GUEST / "cells", 0o711, "runs keep their files here if there are no mounts"),
)

USERS = "root:x:0:0:root:/:/nonexistent\nforkjail:x:64999:64999:the server:/:/nonexistent\n"
GROUPS = "root:x:0:\nforkjail:x:64999:\n"


def make_skeleton(root):
    for name, mode, _ in DIRECTORIES:
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name).chmod(mode)
    (root / "etc/passwd").write_text(USERS)
    (root / "etc/group").write_text(GROUPS)
    for name in ("lib", "lib64"):  # the loader is asked for under these names
        if Path("/", name).is_symlink() and not (root / name).is_symlink():
            (root / "usr" / name).mkdir(parents=True, exist_ok=True)
            (root / name).symlink_to(f"usr/{name}")


def programs(root):
    """What the image itself executes: not the guest, which has libraries of its own. nsjail by its
    real path, from which it finds the libraries that came with it."""
    return [root / INSTALLED / "bin/forkjail",
            root / INSTALLED / "bin/forkjail-attack",
            (root / INSTALLED / "lib/forkjail/nsjail/nsjail").resolve()]


def owner(path):
    """The Debian package of a library. Debian 12 lists some below /lib, which is a link."""
    names = [path, path.resolve(), Path("/") / path.resolve().relative_to("/usr")]
    for line in run("sh", "-c", 'dpkg -S "$@" || true', "sh", *names).splitlines():
        return line.split(":")[0]
    fail(f"no Debian package owns {path}")


def record_packages(root):
    """/var/lib/dpkg/status.d/NAME for each package with a file in the image or the guest."""
    packages = set()
    for top in (root, root / GUEST):
        for path in sorted((top / "usr").rglob("*")):
            outside = Path("/") / path.relative_to(top)
            of_debian = not outside.is_relative_to(Path("/") / INSTALLED) and outside.is_file()
            if of_debian and ".so" in path.name:
                packages.add(owner(outside))
    packages.add(f"libpython{sys.version_info.major}.{sys.version_info.minor}-stdlib")
    directory = root / "var/lib/dpkg/status.d"
    directory.mkdir(parents=True, exist_ok=True)
    for package in packages:
        (directory / package).write_text(run("dpkg-query", "--status", package))
    return len(packages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="the directory, filled by install.sh")
    root = parser.parse_args().root.absolute()
    if not (root / GUEST / "usr").is_dir():
        fail(f"nothing is installed below {root}: run scripts/install.sh {root / INSTALLED} first")
    make_skeleton(root)
    add_libraries(root, programs(root))
    check_libraries(root, programs(root))
    print(f"{record_packages(root)} Debian packages have files in the image. What takes the room:")
    print_sizes(root)
    print_sizes(root / GUEST, top=16)


if __name__ == "__main__":
    main()
