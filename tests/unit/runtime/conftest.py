"""runtime/*.py as ordinary modules: no zygote, no cell."""

import linecache
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[2] / "runtime"), str(HERE)]  # the second: runs.py

MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def put_back(monkeypatch):
    # In mode program, the end of the process, which is not ours.
    monkeypatch.setattr("threading._shutdown", lambda: None)
    monkeypatch.setattr("atexit._run_exitfuncs", lambda: None)
    path, argv, finders = list(sys.path), list(sys.argv), list(sys.meta_path)
    yield
    sys.path[:], sys.argv[:], sys.meta_path[:] = path, argv, finders
    sys.modules.pop("script", None)
    sys.modules["__main__"] = MAIN
    linecache.cache.pop("script.py", None)
