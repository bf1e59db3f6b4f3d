"""An ordinary user without namespaces: Landlock is the only file-system layer, and the guest keeps its
path on the host."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from service import AS_USER, BINARY, GUEST_ROOT, Service, assert_nothing_left

ORDINARY_USER = 54_321

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or bool(AS_USER), reason="only root can become another")

LATE_IMPORTS_AND_FILES = """
import os, sys
def main():
    import decimal, sqlite3, xml.dom.minidom
    with open("/tmp/mine", "w") as file:
        file.write("x")
    return [os.listdir("/tmp"), os.getcwd(), os.path.exists(sys.prefix), decimal.__name__]
"""


def others_can_reach(path):
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def link_or_copy(source, target):
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


@pytest.fixture(scope="module")
def service_below_tmp():
    if not others_can_reach(BINARY):
        pytest.skip(f"an ordinary user cannot reach {BINARY}")
    place = Path(tempfile.mkdtemp(prefix="forkjail-test-", dir="/tmp"))
    place.chmod(0o755)
    shutil.copytree(GUEST_ROOT, place / "guest", symlinks=True, copy_function=link_or_copy,
                    ignore=lambda folder, names: names if folder.endswith("/cells") else [])
    running = Service(isolation="fallback", as_user=ORDINARY_USER, guest_root=place / "guest")
    try:
        yield running.wait_until_ready()
    finally:
        running.stop()
        shutil.rmtree(place)
    assert_nothing_left(running)


def test_a_guest_below_tmp_works(service_below_tmp):
    layers = {layer["name"]: layer["state"]
              for layer in service_below_tmp.request("GET", "/info").json["isolation"]["layers"]}
    if layers["landlock"] == "off":
        pytest.skip("this kernel has no Landlock")
    assert layers["chroot"] == "off"
    reply = service_below_tmp.execute(LATE_IMPORTS_AND_FILES)
    assert reply.result == [["mine"], "/scratch/work", True, "decimal"], reply.body


def test_numpy_and_pandas_work_there(service_below_tmp):
    reply = service_below_tmp.execute(
        "import numpy, pandas\ndef main(): return int(pandas.Series(numpy.ones(3)).sum())\n")
    assert reply.result == 3


def test_a_figure_is_drawn_there(service_below_tmp):
    reply = service_below_tmp.execute(
        "import os, matplotlib, matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 2])\n"
        "    plt.savefig('figure.png')\n    return [os.listdir('.'), os.listdir(matplotlib.get_cachedir())]\n", verbose=True)
    assert reply.result == [["figure.png"], []]
    assert reply.json["stderr"] == ""
