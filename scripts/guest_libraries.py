"""The shared libraries of a root: what its binaries load, copied to the same paths, and a check from inside.

Runs at build time, used by make_guest_root.py and make_image_root.py.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from guest_files import fail


def is_elf(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


class Needs(NamedTuple):
    """What the loader says of one binary: everything that it would load with it."""

    found: set  # of paths
    missing: set  # of names


def read_listing(lines):
    """Needs from what ldd, or the loader itself, prints of one binary."""
    needs = Needs(set(), set())
    for line in lines:
        if match := re.search(r"(/\S+) \(0x[0-9a-f]+\)$", line):
            needs.found.add(Path(os.path.normpath(match.group(1))))
        elif match := re.match(r"\s*(\S+) => not found$", line):
            needs.missing.add(match.group(1))
    return needs


def needs_of(binaries):
    """{binary: Needs}, outside."""
    needs = {}
    for binary in binaries:
        done = subprocess.run(["ldd", binary], text=True, capture_output=True, check=False,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
        needs[binary] = read_listing(done.stdout.splitlines())
    return needs


def unmet(needs):
    """["binary needs name"], of what a run would miss.

    A library in a wheel may have no RPATH of its own and find what it needs by that of the module which
    loads it. So what is missing when it is asked alone is there if a binary that loads it misses nothing.
    """
    whole = [one for one in needs.values() if not one.missing]
    vouched_for = set().union(*(one.found for one in whole))
    return [f"{binary} needs {name}" for binary, one in needs.items() if binary not in vouched_for
            for name in sorted(one.missing)]


def add_libraries(root, binaries):
    """Copy what `binaries` load to the paths at which they lie outside."""
    inside = root.resolve()
    needs = needs_of([binary.resolve() for binary in binaries])
    if missing := unmet(needs):
        fail("libraries are missing: " + ", ".join(missing))
    for library in sorted(set().union(*(one.found for one in needs.values()))):
        if library.resolve().is_relative_to(inside):
            continue  # a wheel's own, found beside it
        target = root / library.relative_to("/")
        real_directory = library.parent.resolve()  # /lib is a link to /usr/lib, inside as outside
        target = root / real_directory.relative_to("/") / library.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)  # with its mode: the loader is a program


def check_libraries(root, binaries):
    """Ask the root's own loader, in the root, whether it finds everything."""
    if os.geteuid() != 0:
        return
    loader = next((path for path in root.rglob("ld-linux*.so.*")), None)
    if loader is None:
        fail("the root has no dynamic loader")
    inside = "/" + loader.relative_to(root).as_posix()
    needs = {}
    for binary in binaries:
        name = "/" + binary.relative_to(root).as_posix()
        # As ldd asks: with --list the loader stops at the first library that is missing.
        done = subprocess.run([inside, name], text=True, capture_output=True, check=False,
                              env={"LD_TRACE_LOADED_OBJECTS": "1"}, preexec_fn=lambda: os.chroot(root))
        needs[Path(name)] = read_listing(done.stdout.splitlines())
        if done.returncode != 0 and not needs[Path(name)].missing:
            fail(f"{name} does not load inside the root: {done.stdout}{done.stderr}")
    if missing := unmet(needs):
        fail("inside the root libraries are missing: " + ", ".join(missing))
