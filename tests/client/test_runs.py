"""Runs without a session: what goes in, what comes back, what is raised."""

import os

import pytest

import forkjail
from forkjail import Forkjail, Limits


def test_arguments_stdin_and_environment_reach_the_script(client):
    result = client.execute(
        "import os, sys\ndef main(a, b):\n    print(os.environ['NAME'])\n    return [a + b, sys.stdin.read()]",
        args={"a": 1, "b": 2}, stdin="typed", env={"NAME": "value"})
    assert (result.result, result.stdout) == ([3, "typed"], "value\n")


def test_parts_are_typed(client):
    result = client.execute("import sys\ndef main():\n    print('e', file=sys.stderr)")
    assert result.stderr == "e\n"
    assert result.usage.wall_ms > 0
    assert result.truncated == frozenset()
    assert len(result.request_id) == 32


def test_a_figure_is_shown_by_its_start():
    figure = forkjail.Display({"image/png": "A" * 100_000, "text/plain": "<Figure>"})
    assert repr(figure).startswith("Display(bundle={'image/png': 'AAAA") and len(repr(figure)) < 200
    assert repr(figure).endswith("..., 'text/plain': '<Figure>'})")


def test_fewer_parts_can_be_asked_for(client):
    result = client.execute("def main():\n    open('f', 'w').write('x')", include=())
    assert (result.usage, list(result.files)) == (None, [])


def test_output_that_is_cut_is_named(client):
    result = client.execute("def main(): print('x' * 100)", limits=Limits(output_bytes=10))
    assert (result.truncated, result.stdout) == ({"stdout"}, "x" * 10)


def test_files_of_all_kinds_go_in(client, tmp_path):
    (tmp_path / "data.csv").write_text("a\n1\n")
    script = "import pathlib\ndef main(): return {str(p): p.read_bytes().hex() for p in pathlib.Path().rglob('*.*')}"
    assert client.execute(script, files=[tmp_path / "data.csv"]).result == {"data.csv": b"a\n1\n".hex()}
    named = {"d/text.txt": "é", "raw.bin": b"\xff\0", "own.csv": tmp_path / "data.csv"}
    assert client.execute(script, files=named).result == {
        "d/text.txt": "é".encode().hex(), "raw.bin": "ff00", "own.csv": b"a\n1\n".hex()}


def test_one_string_is_not_taken_for_paths(client):
    with pytest.raises(TypeError, match="files"):
        client.execute("def main(): pass", files="data.csv")


def test_files_come_back_and_are_saved(client, tmp_path):
    result = client.execute("import os\ndef main():\n    os.mkdir('d')\n    open('d/t.txt', 'w').write('é')\n"
                            "    open('b.bin', 'wb').write(b'\\xff')")
    assert (result.file("d/t.txt").text, result.file("b.bin").content) == ("é", b"\xff")
    result.save_files(tmp_path)
    assert ((tmp_path / "d/t.txt").read_text(), (tmp_path / "b.bin").read_bytes()) == ("é", b"\xff")


def test_figures_come_back_and_are_saved(client, tmp_path):
    result = client.execute("import matplotlib.pyplot as plt\ndef main():\n    plt.plot([1, 4])\n    plt.show()\n"
                            "    display('text')")
    assert [len(result.display), len(result.figures)] == [2, 1]
    (path,) = result.save_figures(tmp_path)
    assert path.name == "figure-1.png"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_modes(client):
    assert client.execute("import sys\nprint(sys.argv[1:])", mode="program", args=["x"]).stdout == "['x']\n"
    assert client.execute("x = 2\nx * 21", mode="repl").result == 42


@pytest.mark.parametrize(("script", "kind", "error"), [
    ("def main(:", "syntax", forkjail.ScriptSyntaxError),
    ("x = 1", "no_main", forkjail.NoMain),
    ("def main(): 1/0", "exception", forkjail.ScriptException),
    ("def main(): return {1, 2}", "not_serializable", forkjail.NotSerializable),
    ("def main(): raise SystemExit(3)", "exit", forkjail.ScriptExit),
    ("def main():\n    while True: pass", "cpu_time", forkjail.TimeLimit),
    ("import time\ndef main(): time.sleep(60)", "wall_time", forkjail.TimeLimit),
    ("def main(): return 'x' * 500_000_000", "memory", forkjail.MemoryLimit),
    ("import ctypes\ndef main(): ctypes.string_at(8)", "crash", forkjail.Crash),
])
@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "stream"])
def test_each_kind_has_an_exception(client, script, kind, error, streaming):
    limits = {"cpu_time_s": 1, "wall_time_s": 1 if kind == "wall_time" else 25}
    with pytest.raises(error) as raised:
        if streaming:
            list(client.stream(script, limits=limits))
        else:
            client.execute(script, limits=limits)
    assert raised.value.kind == kind
    assert raised.value.message == str(raised.value)
    assert raised.value.request_id


def test_failure_has_its_line_and_what_was_before_it(client):
    with pytest.raises(forkjail.ScriptError) as raised:
        client.execute("def main():\n    print('so far')\n    open('left', 'w').write('x')\n    {}['k']")
    failure = raised.value
    assert (failure.line, failure.type, failure.stdout) == (4, "KeyError", "so far\n")
    assert "KeyError" in failure.traceback
    assert failure.outcome.file("left").text == "x"


@pytest.mark.parametrize(("options", "field"), [
    ({"limits": {"wall_time_s": 10_000}}, "limits.wall_time_s"),
    ({"limits": {"wall": 1}}, "limits.wall"),
    ({"files": {"/absolute": ""}}, "files[0].path"),
    ({"mode": "other"}, "mode"),
    ({"args": 3}, "args"),
])
def test_wrong_request_names_its_field(client, options, field):
    with pytest.raises(forkjail.RequestError) as raised:
        client.execute("def main(): pass", **options)
    assert (raised.value.status, raised.value.field) == (400, field)


def test_too_large_script_is_a_request_error(client):
    with pytest.raises(forkjail.RequestError) as raised:
        client.execute("#" * 200_000)
    assert raised.value.status == 413


def test_own_request_id_reaches_the_log(service, client):
    assert client.execute("def main(): pass", request_id="mine-1").request_id == "mine-1"
    client.execute("def main(): pass")  # the line of the first is written after its answer
    assert "mine-1" in service.log_text()


def test_no_service_is_unavailable(client):
    with Forkjail("http://127.0.0.1:1", retries=forkjail.NO_RETRIES) as nowhere, \
            pytest.raises(forkjail.Unavailable, match=r"127\.0\.0\.1:1 cannot be reached"):
        nowhere.execute("def main(): pass")


def test_address_comes_from_the_environment(url, monkeypatch):
    monkeypatch.setitem(os.environ, "FORKJAIL_URL", url + "/")
    with Forkjail() as client:
        assert client.info()["ready"] is True


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a\\..\\x", "C:x", "", "link/x"])
def test_path_of_a_file_cannot_lead_out_of_the_folder(path, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="leads out"):
        forkjail.File(path, 1, "text/plain", b"x").save(tmp_path / "in")
    assert not (tmp_path / "x").exists()
