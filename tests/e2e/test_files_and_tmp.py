"""The scratch directory: working directory and /tmp of a run, and nothing else that can be written."""

import pytest


def test_working_directory_is_empty_and_can_be_written(execute):
    script = ("import os\ndef main():\n    before = os.listdir()\n    with open('a.txt', 'w') as file:\n"
              "        file.write('hello')\n    return [before, open('a.txt').read(), os.listdir()]\n")
    before, text, after = execute(script).result
    assert (before, text) == ([], "hello")
    assert "a.txt" in after


def test_tmp_can_be_written(execute):
    script = ("import os\ndef main():\n    with open('/tmp/x', 'w') as file:\n        file.write('t')\n"
              "    return [open('/tmp/x').read(), 'x' in os.listdir('/tmp')]\n")
    assert execute(script).result == ["t", True]


def test_tempfile_works_and_cleans_up(execute):
    script = ("import os, tempfile\ndef main():\n    with tempfile.TemporaryDirectory() as folder:\n"
              "        path = os.path.join(folder, 'f')\n        open(path, 'w').close()\n"
              "    with tempfile.NamedTemporaryFile('w+') as file:\n        file.write('x')\n"
              "        file.seek(0)\n        return [os.path.exists(folder), file.read()]\n")
    assert execute(script).result == [False, "x"]


def test_directories_links_and_renames_work(execute):
    script = ("import os, pathlib, shutil\ndef main():\n    os.makedirs('a/b')\n    pathlib.Path('a/b/c').write_text('1')\n"
              "    os.rename('a/b/c', 'a/d')\n    os.symlink('d', 'a/e')\n    text = open('a/e').read()\n"
              "    shutil.rmtree('a')\n    return [text, os.path.exists('a')]\n")
    assert execute(script).result == ["1", False]


def test_pandas_and_numpy_files_round_trip(execute):
    script = ("import numpy as np\nimport pandas as pd\ndef main():\n    df = pd.DataFrame({'a': [1, 2]})\n"
              "    df.to_csv('t.csv.gz', index=False)\n    df.to_pickle('t.pkl')\n    np.save('t.npy', np.arange(3))\n"
              "    return [pd.read_csv('t.csv.gz').a.tolist(), pd.read_pickle('t.pkl').a.tolist(), np.load('t.npy')]\n")
    assert execute(script).result == [[1, 2], [1, 2], [0, 1, 2]]


@pytest.mark.parametrize("path", ["/x", "/usr/x", "/usr/lib/forkjail/x", "/dev/x", "/usr/lib/forkjail/site-packages/numpy/x.py"])
def test_root_cannot_be_written(execute, path):
    script = f"def main():\n    try:\n        open({path!r}, 'w')\n    except OSError as error:\n        return 'refused'\n"
    assert execute(script).result == "refused"


def test_root_holds_the_python_runtime_and_nothing_else(execute):
    # Landlock, where it is the layer, lets nobody list it at all.
    script = ("import os\ndef main():\n    try:\n        return sorted(os.listdir('/'))\n"
              "    except PermissionError:\n        return []\n")
    # "cells" is where a service at the fallback level keeps its runs' files; it leaves it behind.
    assert set(execute(script).result) <= {"cells", "dev", "lib", "lib64", "scratch", "tmp", "usr"}


@pytest.mark.parametrize("path", ["/etc", "/etc/passwd", "/proc", "/proc/self", "/sys", "/bin/sh", "/usr/bin", "/home", "/root", "/var", "/dev/shm"])
def test_host_path_does_not_exist(execute, path):
    script = f"import os\ndef main():\n    return os.path.exists({path!r})\n"
    assert execute(script).result is False


def test_devices_are_null_zero_and_urandom(execute):
    script = ("import os\ndef names():\n    try:\n        return sorted(os.listdir('/dev'))\n"
              "    except PermissionError:\n        return ['null', 'zero', 'urandom']  # Landlock: no list\n"
              "def main():\n    open('/dev/null', 'w').write('x')\n"
              "    return [names(), open('/dev/null').read(), len(open('/dev/urandom', 'rb').read(4)),\n"
              "            open('/dev/zero', 'rb').read(2) == bytes(2)]\n")
    names, empty, random_bytes, zeros = execute(script).result
    assert set(names) == {"null", "zero", "urandom"}
    assert (empty, random_bytes, zeros) == ("", 4, True)
