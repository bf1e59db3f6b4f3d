"""What a cell read of the guest's files stays cached for the next one, whatever is charged to whom."""

import ctypes
import mmap
import os

import pytest
from service import GUEST_ROOT

READ = "def main(path):\n    with open(path, 'rb') as file:\n        return sum(len(part) for part in iter(lambda: file.read(65536), b''))\n"


def a_large_file():
    return max((path for path in GUEST_ROOT.rglob("*") if path.is_file() and not path.is_symlink()),
               key=lambda path: path.stat().st_size)


def cached_share(path):
    """Of the file's pages: mincore(2), which tells its owner."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    size = path.stat().st_size
    pages = (ctypes.c_ubyte * -(-size // mmap.PAGESIZE))()
    with path.open("rb") as file:
        start = ctypes.c_void_p(libc.mmap(None, ctypes.c_size_t(size), mmap.PROT_READ, mmap.MAP_PRIVATE,
                                          file.fileno(), ctypes.c_long(0)))
    asked = libc.mincore(start, ctypes.c_size_t(size), pages)
    libc.munmap(start, ctypes.c_size_t(size))
    assert asked == 0, os.strerror(ctypes.get_errno())
    return sum(page & 1 for page in pages) / len(pages)


def drop_from_cache(path):
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def test_what_a_cell_read_is_still_cached_when_it_is_gone(service, execute):
    path = a_large_file()
    if service.request("GET", "/info").json["isolation"]["level"] != "full":
        pytest.skip("needs a memory cgroup: the full level")
    drop_from_cache(path)
    before = cached_share(path)
    if before > 0.6:
        pytest.skip("needs a file system whose pages can be dropped")
    inside = "/" + str(path.relative_to(GUEST_ROOT))
    assert execute(READ, args=[inside]).result == path.stat().st_size
    service.wait_until_ready()  # the cell is gone, and its group is cleared or replaced
    assert cached_share(path) > 0.95
    assert execute(READ, args=[inside], verbose=True).json["usage"]["memory_peak_mb"] < 64
