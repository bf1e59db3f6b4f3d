#!/usr/bin/python3
"""Build the guest root: the directory that is / inside the jail.

It holds the Python runtime, numpy and pandas, the shared libraries these need, the zygote and its
Python side, and nothing else: no shell, no tool, no file of /etc.

Two layers. The base (standard library, wheels, libraries; ten seconds and a download) is kept beside the
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
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent.parent
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
STDLIB = Path("usr/lib") / PYTHON
FORKJAIL = Path("usr/lib/forkjail")
SITE_PACKAGES = FORKJAIL / "site-packages"
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
    ("EXTERNALLY-MANAGED", "speaks to pip"),
    ("lib-dynload/_curses", "there is no terminal"),
    ("lib-dynload/readline", "there is no terminal"),
    ("lib-dynload/_tkinter", "there is no display"),
    ("lib-dynload/nis", "there is no network; brings in Kerberos"),
    ("lib-dynload/ossaudiodev", "there is no sound"),
    ("lib-dynload/_ctypes_test", "a test"),
    ("lib-dynload/_test", "tests"),
    ("lib-dynload/_xxtestfuzz", "a test"),
    ("lib-dynload/xxlimited", "a test"),
)

# What of the wheels stays outside.
WHEELS_LEFT_OUT = (
    ("bin", "commands"),
    ("numpy/f2py", "builds extensions; there is no compiler. WHEELS_REPLACED has what is left of it"),
    ("numpy/distutils", "builds extensions; there is no compiler"),
    ("numpy/_core/include", "C headers"),
    ("numpy/_core/lib", "for linking C extensions"),
    ("numpy/random/lib", "for linking C extensions"),
    ("numpy/random/_examples", "examples"),
    ("numpy/conftest.py", "for its tests"),
    ("numpy/_pyinstaller", "for another packager"),
    ("pandas/conftest.py", "for its tests"),
)
# What stands where a module was left out that others name. numpy.__all__ names f2py, so `from numpy import
# *`, inspect and pylab look for it; none of them calls it. All of it would cost each such script 50 ms.
WHEELS_REPLACED = {
    "numpy/f2py/__init__.py": '''"""What this sandbox has of numpy.f2py: its names.

f2py compiles Fortran into extension modules, and there is no compiler here.
"""

__all__ = ["run_main", "get_include"]


def run_main(comline_list):
    raise NotImplementedError("numpy.f2py builds extension modules, and this sandbox has no compiler")


def main():
    run_main([])


def get_include():
    run_main([])
''',
}
TEST_DIRECTORIES = {"test", "tests"}
BUILD_TIME_SUFFIXES = (".pyi", ".pxd", ".pyx", ".pxi", ".pxd.in", ".c", ".h", ".a", ".cfg", ".typed")
# Of a wheel's metadata: its version for importlib.metadata, and its licences. No record, no origin.
METADATA_KEPT = re.compile(r"(METADATA|LICEN[CS]E.*|COPYING.*|NOTICE.*|AUTHORS.*|licenses)$", re.I)

# Imported inside the finished base, in a chroot, by the distribution's interpreter.
CHECK = """
import os, sys, time
sys.path[:] = ['/usr/lib/{python}', '/usr/lib/{python}/lib-dynload', '/{site}']
import asyncio, bz2, concurrent.futures, csv, ctypes, dataclasses, datetime, dbm, decimal, email
import fractions, gzip, hashlib, hmac, inspect, ipaddress, json, logging, lzma, multiprocessing
import pickle, pkgutil, queue, random, re, secrets, shelve, sqlite3, ssl, statistics, subprocess, tempfile
import threading, tomllib, typing, unicodedata, unittest, urllib.request, uuid, xml.etree.ElementTree
import xml.sax, zipfile, zlib, zoneinfo
from zoneinfo import ZoneInfo
assert ZoneInfo('Europe/Zurich').utcoffset(datetime.datetime(2025, 7, 1)).seconds == 7200
assert len(zoneinfo.available_timezones()) > 400
assert sqlite3.connect(':memory:').execute('select 6 * 7').fetchone() == (42,)
assert decimal.Decimal(2).sqrt() > 1 and ctypes.CDLL(None).getpid() > 0
import importlib.metadata as metadata
packages = {{one.name.lower(): one for one in metadata.distributions()}}
if 'numpy' in packages:
    import numpy, numpy.linalg, numpy.fft, numpy.random
    assert numpy.linalg.inv(numpy.eye(3)).trace() == 3.0
    exec('from numpy import *', {{}})
if 'pandas' in packages:
    import pandas
    noon = pandas.Timestamp('2025-07-01', tz='America/Toronto')
    assert noon.utcoffset().total_seconds() == -14400
    exec('from pandas import *', {{}})
if os.path.isdir('/usr/share/zoneinfo'):
    os.environ['TZ'] = 'Asia/Tokyo'
    time.tzset()
    assert time.tzname[0] == 'JST', time.tzname
if 'python-dateutil' in packages:
    import dateutil.tz
    summer = datetime.datetime(2025, 7, 1, tzinfo=dateutil.tz.gettz('Europe/Zurich'))
    assert summer.utcoffset().seconds == 7200
missing = []
for _, name, _ in pkgutil.iter_modules(['/{site}']):
    try:
        __import__(name)
    except Exception as error:
        missing.append(f'{{name}}: {{error!r}}')
print(', '.join(['Python ' + sys.version.split()[0]] +
                [f'{{name}} {{one.version}}' for name, one in sorted(packages.items())]))
for name in sorted(sys.stdlib_module_names - {left_out} - {platform_only}):
    try:
        __import__(name)
    except Exception as error:
        missing.append(f'{{name}}: {{error}}')
if missing:
    sys.exit('cannot import ' + ', '.join(missing))
"""
# In sys.stdlib_module_names everywhere, but of other systems (Windows, macOS, Android, iOS), of a
# package of its own (_gdbm) that is not installed here, or a joke that prints or opens a browser.
PLATFORM_ONLY = {
    "_android_support", "_apple_support", "_gdbm", "_ios_support", "_msi", "_overlapped", "_scproxy",
    "_winapi", "_wmi", "antigravity", "msilib", "msvcrt", "nt", "this", "winreg", "winsound",
}


def fail(message):
    sys.exit(f"make_guest_root: {message}")


def run(*command, **options):
    done = subprocess.run(command, text=True, capture_output=True, check=False, **options)
    if done.returncode != 0:
        fail(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


# ---- the base layer ----

def base_key(requirements):
    """A hash of everything that the base is made of."""
    key = hashlib.sha256()
    key.update(Path(__file__).read_bytes())
    key.update(requirements.read_bytes())
    key.update(platform.machine().encode())
    # The version of the C library stands for those of the other libraries: all come by apt.
    key.update(run("dpkg-query", "-W", "-f", "${Package} ${Version}\n",
                   *STDLIB_PACKAGES, "libc6", "libssl3*", "libsqlite3-0", "libexpat1",
                   "zlib1g").encode())
    return key.hexdigest()[:16]


def left_out(relative, rules):
    text = relative.as_posix()
    for rule, _ in rules:
        if text == rule or text.startswith(rule + "/"):
            return True
        if rule.startswith("lib-dynload/") and text.startswith(rule):
            return True
    return bool(TEST_DIRECTORIES.intersection(relative.parts)) or "__pycache__" in relative.parts


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


def install_wheels(root, scratch, requirements):
    run(sys.executable, "-m", "venv", "--without-pip", scratch / "venv")
    wheels = sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    if not wheels:
        fail("pip is missing; install python3-venv")
    unpacked = scratch / "wheels"
    run(scratch / "venv/bin/python", wheels[-1] / "pip", "install", "--quiet", "--no-compile",
        "--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check",
        "--no-input", "--root-user-action=ignore", "--target", unpacked, "-r", requirements)
    site = root / SITE_PACKAGES
    for source in sorted(unpacked.rglob("*")):
        relative = source.relative_to(unpacked)
        if source.is_dir() or left_out(relative, WHEELS_LEFT_OUT):
            continue
        if relative.name.endswith(BUILD_TIME_SUFFIXES):
            continue
        if relative.parts[0].endswith(".dist-info") and not METADATA_KEPT.match(relative.parts[1]):
            continue
        target = site / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name, text in WHEELS_REPLACED.items():
        if (unpacked / name).is_file():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text)


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


# ---- shared libraries ----

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


def check_imports(root):
    """Import everything inside, by the distribution's interpreter lent for the moment."""
    if os.geteuid() != 0:
        return
    interpreter = root / "check-python"
    shutil.copy(f"/usr/bin/{PYTHON}", interpreter)
    skipped = {rule.rsplit("/", 1)[-1].removesuffix(".py") for rule, _ in STDLIB_LEFT_OUT}
    skipped |= {"_curses", "_curses_panel", "_tkinter", "ensurepip", "idlelib"}
    script = CHECK.format(python=PYTHON, site=SITE_PACKAGES, left_out=repr(skipped),
                          platform_only=repr(PLATFORM_ONLY))
    for directory in ("work", "tmp"):  # as a cell has them
        (root / "scratch" / directory).mkdir()
    done = subprocess.run(
        ["chroot", root, "/check-python", "-I", "-S", "-B", "-W", "ignore", "-c", script],
        text=True, capture_output=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": "/scratch/work", "TMPDIR": "/tmp", "OPENBLAS_NUM_THREADS": "1"})
    interpreter.unlink()
    for directory in ("work", "tmp"):
        shutil.rmtree(root / "scratch" / directory)
    if done.returncode != 0:
        fail(f"the base does not import all it should:\n{done.stderr}")
    print("guest base imports: " + done.stdout.strip())


def make_base(base, requirements):
    scratch = Path(tempfile.mkdtemp(prefix="guest-", dir=base.parent))
    try:
        root = scratch / "root"
        make_directories(root)
        copy_stdlib(root)
        install_wheels(root, scratch, requirements)
        add_zones(root)
        binaries = [path for path in root.rglob("*") if path.is_file() and is_elf(path)]
        # The interpreter's own libraries too: the zygote has the interpreter built in.
        add_libraries(root, [*binaries, Path(f"/usr/bin/{PYTHON}")])
        check_libraries(root, binaries)
        compile_all(root, STDLIB, SITE_PACKAGES)
        check_imports(root)
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
    """The largest parts, one a line."""
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
