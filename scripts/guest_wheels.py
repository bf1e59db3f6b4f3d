"""The packages of the guest: installed from pinned wheels, without what a sandbox cannot use.

Used by make_guest_root.py at build time.
"""

import re
import shutil
import sys
from pathlib import Path

from guest_files import fail, left_out, run

# What of the wheels stays outside.
WHEELS_LEFT_OUT = (
    ("bin", "commands"),
    ("etc", "settings of other programs"),
    ("share", "manual pages, extensions of notebooks"),
    ("numpy/f2py", "builds extensions; there is no compiler. WHEELS_REPLACED has what is left of it"),
    ("numpy/distutils", "builds extensions; there is no compiler"),
    ("numpy/_core/include", "C headers"),
    ("numpy/_core/lib", "for linking C extensions"),
    ("numpy/random/lib", "for linking C extensions"),
    ("numpy/random/_examples", "examples"),
    ("numpy/conftest.py", "for its tests"),
    ("numpy/_pyinstaller", "for another packager"),
    ("pandas/conftest.py", "for its tests"),
    ("matplotlib/mpl-data/sample_data", "data of examples"),
    ("matplotlib/mpl-data/images", "icons of windows; there is no display"),
    ("matplotlib/backends/web_backend", "a page that a server shows; there is no network"),
    ("fontTools/*.so", "the same modules are there as Python; matplotlib needs them to embed fonts in a PDF"),
    ("pyarrow/include", "C headers"),
    ("pyarrow/src", "for linking C extensions"),
    ("lxml/includes", "C headers"),
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

# Lines that are changed: {file: (old, new)}.
# matplotlib keeps its list of fonts in its configuration directory. In a cell that is empty, and to make the
# list, matplotlib parses a hundred font files. So the list is part of the guest (FONT_LIST).
WHEELS_CHANGED = {
    "matplotlib/font_manager.py": (
        "fm = json_load(fm_path)",
        'fm = json_load(cbook._get_data_path("fontlist.json"))  # changed: this sandbox has made the list',
    ),
}
FONT_LIST = Path("matplotlib/mpl-data/fontlist.json")

BUILD_TIME_SUFFIXES = (".pyi", ".pxd", ".pyx", ".pxi", ".pxd.in", ".c", ".h", ".a", ".cfg", ".typed")
# Of a wheel's metadata: its version for importlib.metadata, and its licences. No record, no origin.
METADATA_KEPT = re.compile(r"(METADATA|LICEN[CS]E.*|COPYING.*|NOTICE.*|AUTHORS.*|licenses)$", re.I)


def install_wheels(site, scratch, requirements):
    """Installs what the file lists into the directory `site`; nothing that is not pinned by hash."""
    run(sys.executable, "-m", "venv", "--without-pip", scratch / "venv")
    wheels = sorted(Path("/usr/share/python-wheels").glob("pip-*.whl"))
    if not wheels:
        fail("pip is missing; install python3-venv")
    unpacked = scratch / "wheels"
    run(scratch / "venv/bin/python", wheels[-1] / "pip", "install", "--quiet", "--no-compile",
        "--require-hashes", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check",
        "--no-input", "--root-user-action=ignore", "--target", unpacked, "-r", requirements)
    copy_wheels(unpacked, site)
    replace_modules(unpacked, site)
    change_lines(site)


def copy_wheels(unpacked, site):
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


def replace_modules(unpacked, site):
    for name, text in WHEELS_REPLACED.items():
        if (unpacked / name).is_file():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(text)


def change_lines(site):
    for name, (old, new) in WHEELS_CHANGED.items():
        path = site / name
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        if text.count(old) != 1:
            fail(f"{name} does not have the line to change, {old!r}: see WHEELS_CHANGED in scripts/guest_wheels.py")
        path.write_text(text.replace(old, new), encoding="utf-8")
