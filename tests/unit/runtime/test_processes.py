"""processes.py: os.system() where no process can be started."""

import inspect
import os
import pickle
import posix

import processes
import pytest
from runs import failure_of


@pytest.fixture
def replaced(monkeypatch):
    """As in a cell: the C library finds no shell."""
    monkeypatch.setattr(posix, "system", posix.system)  # puts both back
    monkeypatch.setattr(os, "system", os.system)
    monkeypatch.setattr(processes, "_system", lambda command: 127 << 8)
    processes.replace_system()


def test_it_raises_instead_of_a_status_that_nobody_reads(replaced):
    failure = failure_of("import os\ndef main():\n    os.system('ls')\n")
    assert (failure["type"], failure["line"], failure["function"]) == ("PermissionError", 3, "main")
    assert failure["message"] == "this sandbox starts no processes"
    assert "ThreadPoolExecutor" in failure["advice"]
    with pytest.raises(PermissionError, match="Errno 1"):
        posix.system(b"ls -l")


@pytest.mark.parametrize("command", ["clear", "cls || clear", "cls||clear", "", b"clear"])
def test_what_clears_a_screen_does_nothing(replaced, command):
    assert os.system(command) == 127 << 8


def test_it_is_what_it_replaces(replaced):
    assert os.system is posix.system
    assert pickle.loads(pickle.dumps(os.system)) is os.system
    assert (os.system.__module__, os.system.__name__, os.system.__qualname__) == ("posix", "system", "system")
    assert str(inspect.signature(os.system)) == "(command)"


def test_a_process_that_was_started_is_none_of_its_business(monkeypatch):
    monkeypatch.setattr(processes, "_system", lambda command: 3 << 8)
    assert processes.system("ls") == 3 << 8


def test_it_takes_what_it_took(replaced, monkeypatch):
    monkeypatch.undo()
    with pytest.raises(TypeError):
        processes.system(1.5)
