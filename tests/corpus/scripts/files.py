# Files and directories of the scratch, and the descriptors beneath.
# Scripts that do not depend on each other, therefore longer than 350 lines.

# %% write_and_read
def main():
    with open("a.txt", "w") as file:
        file.write("one\ntwo\n")
    with open("a.txt", "a") as file:
        print("three", file=file)
    with open("a.txt") as file:
        return file.read().split()

# %% binary_seek_and_truncate
def main():
    with open("b.bin", "w+b") as file:
        file.write(bytes(range(256)))
        file.seek(10)
        middle = file.read(3)
        file.seek(-2, 2)
        file.truncate(100)
        return list(middle), file.tell(), file.seek(0, 2)

# %% large_file
def main():
    with open("large.txt", "w") as file:
        for n in range(100_000):
            file.write(f"line {n}\n")
    with open("large.txt") as file:
        return sum(1 for _ in file)

# %% unbuffered_and_line_buffered
def main():
    with open("u.bin", "wb", buffering=0) as raw:
        raw.write(b"abc")
    with open("l.txt", "w", buffering=1) as text:
        text.write("x\n")
    return open("u.bin", "rb").read().decode() + open("l.txt").read()

# %% file_not_found
def main():
    try:
        open("missing.txt")
    except FileNotFoundError as error:
        return error.errno, error.filename

# %% exclusive_creation
def main():
    open("x", "x").close()
    try:
        open("x", "x")
    except FileExistsError:
        return "FileExistsError"

# %% flush_and_fsync
import os

def main():
    with open("f", "w") as file:
        file.write("data")
        file.flush()
        os.fsync(file.fileno())
        os.fdatasync(file.fileno())
    return os.path.getsize("f")

# %% low_level_descriptors
import os

def main():
    fd = os.open("low", os.O_RDWR | os.O_CREAT, 0o640)
    os.write(fd, b"0123456789")
    os.pwrite(fd, b"AB", 2)
    parts = [os.pread(fd, 4, 1).decode(), os.lseek(fd, 0, os.SEEK_SET), os.read(fd, 3).decode()]
    os.ftruncate(fd, 5)
    parts += [os.fstat(fd).st_size, os.get_inheritable(fd)]
    os.close(fd)
    return parts

# %% vectored_io
import os

def main():
    fd = os.open("v", os.O_RDWR | os.O_CREAT)
    written = os.writev(fd, [b"ab", b"cd"])
    os.lseek(fd, 0, 0)
    data = os.read(fd, 10)
    os.close(fd)
    return written, data.decode()

# %% directories
import os

def main():
    os.makedirs("d/e/f")
    os.makedirs("d/e", exist_ok=True)
    open("d/e/file", "w").close()
    tree = [(top, sorted(names), sorted(files)) for top, names, files in os.walk("d")]
    os.remove("d/e/file")
    os.removedirs("d/e/f")
    return tree, os.path.exists("d")

# %% scandir_and_listdir
import os

def main():
    for name in "abc":
        open(name, "w").close()
    os.mkdir("sub")
    with os.scandir(".") as entries:
        found = sorted((e.name, e.is_dir(), e.stat().st_size) for e in entries)
    return found, sorted(os.listdir("."))

# %% change_directory
import contextlib
import os

def main():
    start = os.getcwd()
    os.mkdir("inner")
    with contextlib.chdir("inner"):
        inside = os.path.basename(os.getcwd())
    return inside, os.getcwd() == start

# %% rename_and_replace
import os

def main():
    open("old", "w").write("1")
    os.rename("old", "new")
    open("other", "w").write("2")
    os.replace("other", "new")
    return open("new").read(), os.listdir(".")

# %% links
import os

def main():
    open("target", "w").write("t")
    os.symlink("target", "soft")
    os.link("target", "hard")
    return (os.readlink("soft"), os.path.islink("soft"), os.stat("target").st_nlink,
            os.path.samefile("hard", "soft"), os.path.realpath("soft").endswith("/target"))

# %% modes_and_times
import os
import stat

def main():
    open("m", "w").close()
    os.chmod("m", 0o600)
    os.utime("m", (1, 2))
    state = os.stat("m")
    return stat.filemode(state.st_mode), state.st_atime, state.st_mtime, os.access("m", os.W_OK)

# %% umask_and_fchmod
import os

def main():
    old = os.umask(0o077)
    with open("u", "w") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o777
    os.umask(old)
    return mode

# %% pathlib
from pathlib import Path

def main():
    root = Path("p")
    (root / "q").mkdir(parents=True)
    (root / "q" / "a.txt").write_text("text")
    (root / "b.bin").write_bytes(b"\0\1")
    found = sorted(str(p) for p in root.rglob("*"))
    (root / "b.bin").unlink()
    (root / "q" / "a.txt").rename(root / "c.md")
    return found, Path("p/c.md").suffix, Path("p").resolve().is_absolute(), (root / "c.md").stat().st_size

# %% pathlib_touch_and_globs
from pathlib import Path

def main():
    for name in ("a.py", "b.py", "c.txt"):
        Path(name).touch()
    Path("a.py").chmod(0o644)
    return sorted(p.name for p in Path(".").glob("*.py")), Path("~").expanduser() != Path("~")

# %% glob
import glob

def main():
    for name in ("x1", "x2", "y1"):
        open(name, "w").close()
    return sorted(glob.glob("x*")), glob.glob("**/y1", recursive=True)

# %% named_temporary_file
import os
import tempfile

def main():
    with tempfile.NamedTemporaryFile("w+", suffix=".txt", dir=".") as file:
        file.write("x")
        file.flush()
        name = file.name
        there = os.path.exists(name)
    return there, os.path.exists(name)

# %% temporary_file_and_directory
import os
import tempfile

def main():
    with tempfile.TemporaryFile() as file:
        file.write(b"abc")
        file.seek(0)
        data = file.read()
    with tempfile.TemporaryDirectory() as directory:
        os.makedirs(os.path.join(directory, "a", "b"))
        open(os.path.join(directory, "a", "f"), "w").close()
    return data.decode(), os.path.exists(directory)

# %% spooled_and_mkstemp
import os
import tempfile

def main():
    fd, path = tempfile.mkstemp()
    os.write(fd, b"1")
    os.close(fd)
    os.unlink(path)
    with tempfile.SpooledTemporaryFile(max_size=10) as file:
        file.write(b"x" * 100)
        file.seek(0)
        return len(file.read()), os.path.isdir(tempfile.gettempdir())

# %% shutil_copies
import os
import shutil

def main():
    open("a", "w").write("x" * 100_000)
    shutil.copyfile("a", "b")
    shutil.copy("a", "c")
    shutil.copy2("a", "d")
    return [os.path.getsize(n) for n in "abcd"], os.stat("d").st_mtime == os.stat("a").st_mtime

# %% shutil_trees
import os
import shutil

def main():
    os.makedirs("src/deep/er")
    open("src/deep/file", "w").write("1")
    os.symlink("file", "src/deep/link")
    shutil.copytree("src", "copy", symlinks=True)
    shutil.move("copy", "moved")
    found = sorted(os.path.join(t, f) for t, _, fs in os.walk("moved") for f in fs)
    shutil.rmtree("moved")
    shutil.rmtree("missing", ignore_errors=True)
    return found, os.path.exists("moved")

# %% shutil_which_and_usage
import shutil

def main():
    return shutil.which("no-such-program"), shutil.disk_usage(".").total > 0

# %% shutil_archives
import os
import shutil

def main():
    os.mkdir("in")
    open("in/a", "w").write("a")
    made = [os.path.basename(shutil.make_archive("out", kind, "in")) for kind in ("zip", "gztar")]
    shutil.unpack_archive("out.zip", "unpacked")
    return made, open("unpacked/a").read()

# %% zipfile
import zipfile

def main():
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.txt", "x" * 1000)
        archive.writestr("d/y.txt", "y")
    with zipfile.ZipFile("a.zip") as archive:
        archive.extractall("out")
        return archive.namelist(), archive.testzip(), len(archive.read("x.txt"))

# %% zipfile_in_memory_and_lzma
import io
import zipfile

def main():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", "data")
    with zipfile.ZipFile(buffer) as archive, archive.open("a") as file:
        return file.read().decode()

# %% tarfile
import io
import tarfile

def main():
    open("a.txt", "w").write("hello")
    with tarfile.open("t.tar.gz", "w:gz") as archive:
        archive.add("a.txt")
        info = tarfile.TarInfo("b.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    with tarfile.open("t.tar.gz") as archive:
        archive.extractall("out")
        return archive.getnames(), open("out/b.txt").read()

# %% tarfile_other_compressions
import tarfile

def main():
    open("f", "w").write("f" * 500)
    names = []
    for mode in ("bz2", "xz"):
        with tarfile.open("t." + mode, "w:" + mode) as archive:
            archive.add("f")
        with tarfile.open("t." + mode) as archive:
            names += archive.getnames()
    return names

# %% gzip_bz2_lzma_files
import bz2
import gzip
import lzma

def main():
    sizes = []
    for module in (gzip, bz2, lzma):
        with module.open("c", "wt") as file:
            file.write("text " * 2000)
        with module.open("c", "rt") as file:
            sizes.append(len(file.read()))
    return sizes

# %% compression_in_memory
import bz2
import gzip
import lzma
import zlib

def main():
    data = b"abc" * 10_000
    return [m.decompress(m.compress(data)) == data for m in (zlib, gzip, bz2, lzma)], \
        len(zlib.compressobj(9).compress(data)) < 100

# %% mmap_of_a_file
import mmap

def main():
    with open("m", "w+b") as file:
        file.write(b"\0" * 8192)
        file.flush()
        with mmap.mmap(file.fileno(), 0) as view:
            view[10:15] = b"hello"
            view.flush()
            found = view.find(b"hello")
        file.seek(10)
        return found, file.read(5).decode()

# %% mmap_read_only_and_advice
import mmap

def main():
    open("m", "wb").write(b"x" * 100_000)
    with open("m", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        view.madvise(mmap.MADV_SEQUENTIAL)
        view.madvise(mmap.MADV_WILLNEED)
        return view.count(b"x") if hasattr(view, "count") else len(view)

# %% mmap_anonymous_and_resize
import mmap

def main():
    view = mmap.mmap(-1, 4096)
    view.write(b"abc")
    size, start = len(view), view[:3].decode()
    view.close()
    with open("m", "w+b") as file:
        file.truncate(4096)
        grown = mmap.mmap(file.fileno(), 4096)
        grown.resize(1 << 20)
        return size, start, len(grown)

# %% pipes
import os

def main():
    reader, writer = os.pipe()
    os.write(writer, b"through")
    os.set_blocking(reader, False)
    data = os.read(reader, 100)
    try:
        os.read(reader, 1)
    except BlockingIOError:
        again = True
    os.close(writer)
    return data.decode(), again, os.read(reader, 1) == b""

# %% dup_and_redirect
import os
import sys

def main():
    sys.stdout.flush()
    saved = os.dup(1)
    with open("out", "w") as file:
        os.dup2(file.fileno(), 1)
        print("redirected", flush=True)
        os.dup2(saved, 1, inheritable=False)
    os.close(saved)
    print("back")
    return open("out").read()

# %% redirect_in_python
import contextlib
import io

def main():
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        print("captured")
    return out.getvalue()

# %% terminal_questions
import os
import shutil
import sys

def main():
    try:
        os.get_terminal_size(1)
    except OSError:
        pass
    return sys.stdout.isatty(), shutil.get_terminal_size().columns > 0, os.isatty(0)

# %% io_classes
import io

def main():
    raw = io.BytesIO(b"a\r\nb\n")
    text = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", newline=None)
    return text.readlines(), io.open("f", "w").write("x"), io.DEFAULT_BUFFER_SIZE > 0

# %% fileinput_and_linecache
import fileinput
import linecache

def main():
    open("a", "w").write("1\n2\n")
    open("b", "w").write("3\n")
    with fileinput.input(["a", "b"]) as lines:
        collected = [(fileinput.filename(), line.strip()) for line in lines]
    return collected, linecache.getline("a", 2)

# %% filecmp
import filecmp
import os

def main():
    os.mkdir("l"), os.mkdir("r")
    for directory, text in (("l", "a"), ("r", "b")):
        open(f"{directory}/f", "w").write(text)
        open(f"{directory}/same", "w").write("s")
    comparison = filecmp.dircmp("l", "r")
    return comparison.diff_files, comparison.same_files, filecmp.cmp("l/f", "r/f", shallow=False)

# %% pickle_files
import pickle

class Thing:
    def __init__(self, value):
        self.value = value

def main():
    with open("p", "wb") as file:
        pickle.dump({"thing": Thing([1, 2]), "set": {1}}, file)
    with open("p", "rb") as file:
        return pickle.load(file)["thing"].value

# %% marshal_and_copy
import copy
import marshal

def main():
    nested = {"a": [1, [2]]}
    deep = copy.deepcopy(nested)
    deep["a"][1].append(3)
    return nested, deep, marshal.loads(marshal.dumps(nested)) == nested

# %% shelve
import shelve

def main():
    with shelve.open("shelf") as shelf:
        shelf["a"] = [1, 2]
        shelf["b"] = {"x": 1}
    with shelve.open("shelf") as shelf:
        return sorted(shelf), shelf["a"]

# %% dbm_dumb
import dbm.dumb

def main():
    with dbm.dumb.open("d", "c") as database:
        database["k"] = "v"
    with dbm.dumb.open("d") as database:
        return database["k"].decode()

# %% many_small_files
import os

def main():
    for n in range(300):
        with open(f"f{n}", "w") as file:
            file.write(str(n))
    total = sum(int(open(f"f{n}").read()) for n in range(300))
    for n in range(300):
        os.remove(f"f{n}")
    return total, os.listdir(".")

# %% write_outside_is_refused
def main():
    try:
        open("/usr/lib/x", "w")
    except OSError as error:
        return type(error).__name__ in ("PermissionError", "OSError", "FileNotFoundError")

# %% lock_of_a_scratch_file
import fcntl

def main():
    with open("lock", "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        fcntl.lockf(file, fcntl.LOCK_UN)
    return True

# %% csv_file
import csv

def main():
    with open("t.csv", "w", newline="") as file:
        csv.writer(file).writerows([["n", "square"], *([n, n * n] for n in range(5))])
    with open("t.csv", newline="") as file:
        return sum(int(row["square"]) for row in csv.DictReader(file))

# %% json_file
import json

def main():
    with open("c.json", "w") as file:
        json.dump({"debug": True, "ports": [1, 2]}, file, indent=2)
    with open("c.json") as file:
        return json.load(file)
