#!/usr/bin/python3
"""Build the guest root: the directory that is / inside the jail.

It holds the Python runtime, the packages of a requirements file, the shared libraries these need, the
zygote and its Python side, and nothing else: no shell, no tool, no file of /etc.

Two layers. The base (standard library, wheels, libraries; half a minute and a download) is kept beside the
output under a name that hashes everything it is made of. The root itself is the base, hard-linked,
plus the zygote and runtime/*.py: a second to make. It takes the output's place in one step, so
that a service which starts meanwhile sees the old root or the new one, never a half.

Runs at build time, as root so that no cell owns a file (without root: for a look only).
"""

import argparse
import compileall
import ctypes
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from guest_checks import check_imports, lent_interpreter, make_font_list
from guest_files import FORKJAIL, PYTHON, SITE_PACKAGES, fail, left_out, run
from guest_libraries import add_libraries, check_libraries, is_elf
from guest_wheels import install_wheels

SOURCE = Path(__file__).resolve().parent.parent
STDLIB = Path("usr/lib") / PYTHON
STDLIB_PACKAGES = (f"lib{PYTHON}-minimal", f"lib{PYTHON}-stdlib")

# What of the standard library stays outside, and why a script does not miss it.
STDLIB_LEFT_OUT = (
    ("test", "CPython's own tests"),
    ("idlelib", "an editor"),
    ("tkinter", "there is no display"),
    ("turtle.py", "there is no display"),
    ("turtledemo", "there is no display"),
    ("ensurepip", "there is no pip and nothing to install from"),
    ("venv", "there is no python binary"),
    ("lib2to3", "rewrites Python 2"),
    ("distutils", "builds extensions; there is no compiler"),
    ("pydoc_data", "text of the interactive help"),
    ("curses", "there is no terminal"),
    ("__phello__", "a test of frozen modules"),
    ("sitecustomize.py", "a link to /etc"),
    ("EXTERNALLY-MANAGED", "a notice for pip"),
    ("lib-dynload/_curses*", "there is no terminal"),
    ("lib-dynload/readline*", "there is no terminal"),
    ("lib-dynload/_tkinter*", "there is no display"),
    ("lib-dynload/nis*", "there is no network; brings in Kerberos"),
    ("lib-dynload/ossaudiodev*", "there is no sound"),
    ("lib-dynload/_ctypes_test*", "a test"),
    ("lib-dynload/_test*", "tests"),
    ("lib-dynload/_xxtestfuzz*", "a test"),
    ("lib-dynload/xxlimited*", "a test"),
)


# ---- the base layer ----

def base_key(requirements):
    """A hash of everything that the base is made of."""
    key = hashlib.sha256()
    for name in ("make_guest_root.py", "guest_checks.py", "guest_files.py", "guest_libraries.py",
                 "guest_wheels.py"):
        key.update((SOURCE / "scripts" / name).read_bytes())
    key.update(requirements.read_bytes())
    key.update(platform.machine().encode())
    # The version of the C library stands for those of the other libraries: all come by apt.
    key.update(run("dpkg-query", "-W", "-f", "${Package} ${Version}\n",
                   *STDLIB_PACKAGES, "libc6", "libssl3*", "libsqlite3-0", "libexpat1",
                   "zlib1g").encode())
    return key.hexdigest()[:16]


def copy_stdlib(root):
    """The standard library by the package manager's own list, so nothing local slips in."""
    for line in run("dpkg-query", "-L", *STDLIB_PACKAGES).splitlines():
        source = Path(line)
        if not source.is_relative_to(Path("/") / STDLIB) or source.is_dir():
            continue
        relative = source.relative_to(Path("/") / STDLIB)
        if left_out(relative, STDLIB_LEFT_OUT):
            continue
        target = root / STDLIB / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def add_zones(root):
    """The C library's time zones (TZ=Asia/Tokyo): those of the wheel pytz, or made of tzdata's source.

    Not tzdata's own files: they lack the data of the old format, and dateutil, which finds them at the
    same place, reads no other and takes every zone for UTC.
    """
    zones = root / "usr/share/zoneinfo"
    of_pytz, source = (root / SITE_PACKAGES / name for name in ("pytz/zoneinfo", "tzdata/zoneinfo/tzdata.zi"))
    if of_pytz.is_dir():
        zones.parent.mkdir()
        zones.symlink_to(os.path.relpath(of_pytz, zones.parent))
    elif source.is_file():
        run("/usr/sbin/zic", "-b", "fat", "-d", zones, source)


def make_directories(root):
    for directory in ("usr/lib", "scratch", "dev"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    for device in ("null", "zero", "urandom"):
        (root / "dev" / device).touch()  # nsjail binds the host's over them
    (root / "tmp").symlink_to("scratch/tmp")
    # As on every Debian since 12: binaries ask for their loader under /lib or /lib64.
    for name in ("lib", "lib64"):
        if Path("/", name).is_symlink():
            (root / "usr" / name).mkdir(exist_ok=True)
            (root / name).symlink_to(f"usr/{name}")


# ---- finish ----

def compile_all(root, *directories):
    """Byte code for every source. Unchecked: nothing inside can write, so nothing goes stale."""
    for directory in directories:
        if not compileall.compile_dir(
                root / directory, quiet=1, force=True, workers=0, stripdir=str(root),
                prependdir="/", invalidation_mode=compileall.py_compile.PycInvalidationMode.UNCHECKED_HASH):
            fail(f"cannot compile all of /{directory}")


def seal(root):
    """Readable for all, writable for none, owned by root, no time stamps: the same every time."""
    for directory, names, files in os.walk(root):
        for name in [*names, *files]:
            path = os.path.join(directory, name)
            if os.path.islink(path):
                os.utime(path, (0, 0), follow_symlinks=False)
                continue
            if os.path.isdir(path):
                continue
            program = name.startswith("ld-linux") or name == "forkjail-zygote"
            os.chmod(path, 0o555 if program else 0o444)
            os.utime(path, (0, 0))
    for directory, _, _ in os.walk(root, topdown=False):
        os.chmod(directory, 0o755)
        os.utime(directory, (0, 0))
    if os.geteuid() == 0:
        run("chown", "-hR", "0:0", root)


def make_base(base, requirements):
    scratch = Path(tempfile.mkdtemp(prefix="guest-", dir=base.parent))
    try:
        root = scratch / "root"
        make_directories(root)
        copy_stdlib(root)
        install_wheels(root / SITE_PACKAGES, scratch, requirements)
        add_zones(root)
        binaries = [path for path in root.rglob("*") if path.is_file() and is_elf(path)]
        # The interpreter's own libraries too: the zygote has the interpreter built in.
        add_libraries(root, [*binaries, Path(f"/usr/bin/{PYTHON}")])
        check_libraries(root, binaries)
        compile_all(root, STDLIB, SITE_PACKAGES)
        if os.geteuid() == 0:
            with lent_interpreter(root) as run_inside:
                make_font_list(root, run_inside)
                check_imports(run_inside, [rule for rule, _ in STDLIB_LEFT_OUT])
        seal(root)
        os.rename(root, base)
    finally:
        shutil.rmtree(scratch)


# ---- the root ----

def swap(new, old):
    """`new` becomes `old` in one step."""
    if not old.exists():
        os.rename(new, old)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    at_fdcwd, exchange = -100, 2
    if libc.renameat2(at_fdcwd, bytes(new), at_fdcwd, bytes(old), exchange) != 0:
        fail(f"cannot replace {old}: {os.strerror(ctypes.get_errno())}")
    # A running service may still import from the old one: it goes at the next rebuild only.
    previous = old.with_name(old.name + ".previous")
    shutil.rmtree(previous, ignore_errors=True)
    os.rename(new, previous)


def make_root(base, output, zygote, runtime):
    scratch = Path(tempfile.mkdtemp(prefix="guest-", dir=output.parent))
    try:
        root = scratch / "root"
        run("cp", "-al", base, root)
        home = root / FORKJAIL
        run("strip", "-o", home / "forkjail-zygote", zygote)
        (home / "runtime").mkdir()
        for source in runtime:
            shutil.copyfile(source, home / "runtime" / source.name)
        compile_all(root, FORKJAIL / "runtime")
        add_libraries(root, [home / "forkjail-zygote"])
        seal(root)
        check_libraries(root, [home / "forkjail-zygote"])
        swap(root, output)
    finally:
        shutil.rmtree(scratch)


def root_key(base, zygote, runtime):
    key = hashlib.sha256(base.name.encode())
    for source in [zygote, *runtime]:
        key.update(source.name.encode() + b"\0" + source.read_bytes())
    return key.hexdigest()


def print_sizes(output, top=12):
    """The largest parts, one per line."""
    sizes = {}
    for directory, _, files in os.walk(output):
        parts = Path(directory).relative_to(output).parts
        depth = 5 if parts[:4] == SITE_PACKAGES.parts else 3
        name = "/" + "/".join(parts[:depth])
        for file in files:
            path = os.path.join(directory, file)
            if not os.path.islink(path):
                sizes[name] = sizes.get(name, 0) + os.path.getsize(path)
    for name, size in sorted(sizes.items(), key=lambda item: -item[1])[:top]:
        print(f"  {size / 1e6:7.1f} MB  {name}")
    print(f"  {sum(sizes.values()) / 1e6:7.1f} MB  {output.name}, all of it")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=SOURCE / "build/guest",
                        help="directory to make (default: build/guest)")
    parser.add_argument("--zygote", type=Path, help="the forkjail-zygote binary")
    parser.add_argument("--requirements", type=Path, default=SOURCE / "runtime/requirements.txt",
                        help="the guest's wheels, pinned by hash (default: runtime/requirements.txt)")
    parser.add_argument("--base-only", action="store_true", help="make the base layer and stop")
    options = parser.parse_args()
    output = options.output.absolute()
    output.parent.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)

    if not options.base_only and (options.zygote is None or not options.zygote.is_file()):
        fail(f"no zygote at {options.zygote}: build the target forkjail-zygote first")
    base = output.with_name(f"{output.name}.base-{base_key(options.requirements)}")
    if not base.is_dir():
        print("making the guest root's base (Python and wheels): some seconds, and a download", flush=True)
        make_base(base, options.requirements)
        for stale in output.parent.glob(f"{output.name}.base-*"):
            if stale != base:
                shutil.rmtree(stale)
        print_sizes(base)
    if options.base_only:
        return

    runtime = sorted((SOURCE / "runtime").glob("*.py"))
    stamp = output.with_name(output.name + ".stamp")
    key = root_key(base, options.zygote, runtime)
    if output.is_dir() and stamp.exists() and stamp.read_text() == key:
        return
    make_root(base, output, options.zygote, runtime)
    stamp.write_text(key)
    print(f"guest root: {output}")


if __name__ == "__main__":
    main()
