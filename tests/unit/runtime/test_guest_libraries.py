"""scripts/guest_libraries.py: what the dynamic loader finds for the binaries of a wheel."""

import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import guest_libraries  # noqa: E402

COMPILER = shutil.which("g++")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")


def build(path, *libraries, rpath=None):
    """A shared library that needs `libraries`, with or without an RPATH that the libraries inherit."""
    path.parent.mkdir(exist_ok=True)
    source = path.with_suffix(".cpp")
    source.write_text(f"extern \"C\" int {path.stem}() {{ return 1; }}\n")
    options = [f"-Wl,-rpath,{rpath}", "-Wl,--disable-new-dtags"] if rpath else []
    subprocess.run([COMPILER, "-shared", "-fPIC", "-nostdlib", "-o", path, source, "-Wl,--no-as-needed",
                    f"-Wl,-soname,{path.name}", *libraries, *options], check=True)
    return path


@pytest.fixture
def wheel(tmp_path):
    """As scipy is made: a module finds all libraries of the wheel, and one of these needs another."""
    inner = build(tmp_path / "wheel.libs/libinner.so")
    outer = build(tmp_path / "wheel.libs/libouter.so", inner)
    module = build(tmp_path / "wheel/module.so", outer, rpath="$ORIGIN/../wheel.libs")
    return module, outer, inner


@needs_compiler
def test_a_library_is_there_if_what_loads_it_finds_it(wheel):
    needs = guest_libraries.needs_of(wheel)
    module, outer, inner = wheel
    assert needs[outer].missing == {"libinner.so"}
    assert needs[module].missing == set() and {outer, inner} <= needs[module].found
    assert guest_libraries.unmet(needs) == []


@needs_compiler
def test_a_library_that_nothing_whole_loads_is_missing(wheel):
    module, outer, inner = wheel
    assert guest_libraries.unmet(guest_libraries.needs_of([outer, inner])) == [f"{outer} needs libinner.so"]
    inner.unlink()
    missing = guest_libraries.unmet(guest_libraries.needs_of([module, outer]))
    assert missing == [f"{module} needs libinner.so", f"{outer} needs libinner.so"]


@needs_compiler
def test_two_that_need_each_other_do_not_vouch_for_each_other(tmp_path):
    libraries = tmp_path / "wheel.libs"
    first = build(libraries / "libfirst.so")
    second = build(libraries / "libsecond.so", first)
    first = build(first, second)
    assert len(guest_libraries.unmet(guest_libraries.needs_of([first, second]))) == 2


@pytest.mark.parametrize(("line", "found", "missing"), [
    ("\tlibz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007f0000000000)", {"/lib/x86_64-linux-gnu/libz.so.1"}, set()),
    ("\tliba.so => /w/m/../w.libs/liba.so (0x00007f0000000000)", {"/w/w.libs/liba.so"}, set()),
    ("\t/lib64/ld-linux-x86-64.so.2 (0x00007f0000000000)", {"/lib64/ld-linux-x86-64.so.2"}, set()),
    ("\tlibquadmath-96973f99.so.0.0.0 => not found", set(), {"libquadmath-96973f99.so.0.0.0"}),
    ("\tlinux-vdso.so.1 (0x00007ffc00000000)", set(), set()),
    ("\tstatically linked", set(), set()),
])
def test_what_the_loader_prints(line, found, missing):
    needs = guest_libraries.read_listing([line])
    assert ({str(path) for path in needs.found}, needs.missing) == (found, missing)
