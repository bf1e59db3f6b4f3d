"""The pages name files, folders and steps that exist, and leave out no zone and no step.

docs/architecture.md is where a reader looks for the place of something, so its layout lists every folder of
src/, and its list of a cell's setup steps is that of src/sandbox/enter_cell.cpp, in the same order.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md",
         *(path for path in (ROOT / "docs").rglob("*.md") if "history" not in path.parts)]
PATH = re.compile(r"`((?:src|runtime|tests|scripts|deploy|bench|docs|cmake|clients)/[\w./-]*\w)/?`")
# In a comment of src/ or runtime/, from the root or from src/.
MENTION = re.compile(r"(?<![<\w/])([a-z_]+(?:/[a-z_\d]+)+\.(?:h|cpp|py|md|sh))\b")


def exists(path):
    """As it is, or a header and its source, which pages name without their endings."""
    return path.exists() or any(path.parent.glob(path.name + ".*"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_names_paths_that_exist(page):
    assert not [name for name in PATH.findall(page.read_text()) if not exists(ROOT / name)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_links_to_pages_that_exist(page):
    links = re.findall(r"\]\(([^)#:]+\.md)(?:#[\w-]+)?\)", page.read_text())
    assert not [link for link in links if not (page.parent / link).exists()]


def test_sources_name_files_that_exist():
    sources = [path for folder in ("src", "runtime") for path in (ROOT / folder).rglob("*")
               if path.suffix in (".h", ".cpp", ".py")]
    gone = {f"{path.relative_to(ROOT)}: {name}" for path in sources
            for line in path.read_text().splitlines() if not line.startswith("#include")
            for name in MENTION.findall(line)
            if not (ROOT / name).exists() and not (ROOT / "src" / name).exists()}
    assert not gone


def test_layout_lists_every_zone():
    listed = set(re.findall(r"^src/(\w+)/", ARCHITECTURE, re.MULTILINE))
    assert listed == {folder.name for folder in (ROOT / "src").iterdir() if folder.is_dir()}


def test_steps_into_a_cell_are_those_of_the_table_in_its_order():
    table = re.findall(r'CellStep\{"([^"]+)"', (ROOT / "src/sandbox/enter_cell.cpp").read_text())
    (paragraph,) = re.findall(r"^3\. \*\*Jailed\.\*\* .*$", ARCHITECTURE, re.MULTILINE)
    assert re.findall(r"`([a-z_ ]+)`", paragraph) == table


def test_parts_of_the_supervisor_include_only_parts_above_them():
    section = ARCHITECTURE.split("## Parts of the supervisor\n")[1].split("\n## ")[0]
    parts = re.findall(r"^(\w+)  ", section, re.MULTILINE)
    assert len(parts) >= 13, parts
    folder = ROOT / "src/supervisor"
    for at, part in enumerate(parts):
        text = "".join((folder / f"{part}{ending}").read_text() for ending in (".h", ".cpp"))
        included = set(re.findall(r'#include "supervisor/(\w+)\.h"', text))
        assert not included & set(parts[at + 1:]), f"{part} includes a part that is below it"


def test_no_header_of_the_supervisor_includes_itself_in_a_circle():
    folder = ROOT / "src/supervisor"
    includes = {path.stem: set(re.findall(r'#include "supervisor/(\w+)\.h"', path.read_text()))
                for path in folder.glob("*.h")}
    while free := {name for name, needs in includes.items() if not needs & includes.keys()}:
        includes = {name: needs for name, needs in includes.items() if name not in free}
    assert not includes, f"in a circle, or above one: {sorted(includes)}"


def test_every_technique_of_the_image_has_its_figures():
    table = (ROOT / "src/zygote/image_tricks.h").read_text()
    names = re.findall(r'TrickRow\{"([\w-]+)"', table)
    assert len(names) >= 10
    page = (ROOT / "docs/decisions/cell-cost.md").read_text()
    assert not [name for name in names if f"| `{name}`" not in page]
