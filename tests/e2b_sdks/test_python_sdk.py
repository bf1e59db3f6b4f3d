"""The Python SDK: e2b_code_interpreter, synchronous and asynchronous."""

import asyncio
import base64
import io
import threading
import time

import pytest
from e2b import (FileNotFoundException, InvalidArgumentException, NotFoundException, SandboxException,
                 SandboxNotFoundException, SandboxNotRunningException, TimeoutException)
from e2b_code_interpreter import AsyncSandbox, Sandbox

PNG = b"\x89PNG\r\n\x1a\n"


# ---- runs ----

def test_state_is_kept_from_run_to_run(sandbox):
    first = sandbox.run_code("x = 41")
    assert (first.text, first.error, first.results, first.execution_count) == (None, None, [], 1)
    second = sandbox.run_code("x += 1\nx")
    assert (second.text, second.execution_count) == ("42", 2)
    assert second.results[0].is_main_result


def test_output_comes_as_it_is_printed(sandbox):
    seen = []
    code = "import sys, time\nprint('out')\ntime.sleep(0.3)\nprint('err', file=sys.stderr)\n'value'"
    done = sandbox.run_code(code, on_stdout=seen.append, on_stderr=seen.append, on_result=seen.append)
    assert [str(each).strip() for each in seen[:2]] == ["out", "err"]
    assert (seen[0].error, seen[1].error) == (False, True)
    assert seen[1].timestamp - seen[0].timestamp > 200_000_000  # nanoseconds
    assert seen[2].text == "value"  # without the quotes of its repr()
    assert ("".join(done.logs.stdout), "".join(done.logs.stderr)) == ("out\n", "err\n")


def test_characters_that_end_lines_elsewhere_arrive(sandbox):
    text = "a\u2028b\x85c\x0bd\U0001f600\u00e9\n"
    done = sandbox.run_code(f"print({text!r}, end='')\n{text!r}")
    assert "".join(done.logs.stdout) == text
    assert done.text == repr(text)[1:-1]


def test_an_exception_has_name_value_and_traceback(sandbox):
    errors = []
    done = sandbox.run_code("def f():\n    return 1 / 0\nf()", on_error=errors.append)
    assert errors == [done.error]
    assert (done.error.name, done.error.value) == ("ZeroDivisionError", "division by zero")
    assert "line 2, in f" in done.error.traceback and "ZeroDivisionError" in done.error.traceback
    assert sandbox.run_code("f").text.startswith("<function f")  # what it did before is kept


@pytest.mark.parametrize("code, name", [
    ("1 +", "SyntaxError"), ("import nothing_of_this_name", "ModuleNotFoundError"),
    ("raise KeyError('a')", "KeyError"), ("while True: pass", "TimeoutError"),
    ("x = 'a' * 10**9", "MemoryError"),
])
def test_failures_are_named_as_python_names_them(start_service, options_of, code, name):
    service = start_service("--cpu-time-max", "1")
    with Sandbox.create(**options_of(service)) as sandbox:
        sandbox.run_code("kept = 1")
        assert sandbox.run_code(code).error.name == name
        assert sandbox.run_code("kept").text == "1"


def test_a_figure_is_a_png(sandbox):
    done = sandbox.run_code("import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.show()")
    assert done.error is None
    (figure,) = done.results
    assert base64.b64decode(figure.png).startswith(PNG)
    assert not figure.is_main_result
    assert "png" in figure.formats()


def test_a_data_frame_has_its_data(sandbox):
    done = sandbox.run_code(
        "import pandas as pd\n"
        "pd.DataFrame({'n': [1, 2], 'when': pd.to_datetime(['2026-01-02', None]), 'x': [0.5, float('nan')]})")
    (frame,) = done.results
    assert frame.is_main_result
    assert frame.data["n"] == [1, 2]
    assert frame.data["when"][0].startswith("2026-01-02T00:00:00") and frame.data["when"][1] is None
    assert frame.data["x"] == [0.5, None]
    assert "<table" in frame.html and "when" in frame.text
    assert frame.extra is None


def test_all_forms_of_a_result(sandbox):
    bundle = {"text/plain": "t", "text/html": "h", "text/markdown": "m", "image/svg+xml": "<svg/>", "image/png": "cA==",
              "image/jpeg": "ag==", "application/pdf": "cGRm", "text/latex": "l", "application/json": {"a": [1]},
              "application/javascript": "j", "application/x-own": {"b": 2}}
    done = sandbox.run_code(f"display({bundle!r}, raw=True)\ndisplay(1)\n2")
    (shown, one, two) = done.results
    assert [getattr(shown, name) for name in ("text", "html", "markdown", "svg", "png", "jpeg", "pdf", "latex",
                                              "json", "javascript")] == list(bundle.values())[:-1]
    assert shown.extra == {"application/x-own": {"b": 2}}
    assert [each.is_main_result for each in (shown, one, two)] == [False, False, True]
    assert done.text == "2"


def test_variables_of_the_environment(options):
    with Sandbox.create(envs={"OF_ALL": "1"}, **options) as sandbox:
        code = "import os\n(os.environ['OF_ALL'], os.environ.get('OF_RUN'))"
        assert sandbox.run_code(code).text == "('1', None)"
        assert sandbox.run_code(code, envs={"OF_RUN": "2"}).text == "('1', '2')"


def test_other_languages_are_refused_clearly(sandbox):
    with pytest.raises(SandboxException, match="language.*Python"):
        sandbox.run_code("1", language="javascript")
    assert sandbox.run_code("1", language="python").text == "1"


def test_advice_names_no_fields_of_other_interfaces(sandbox):
    value = sandbox.run_code("input()").error.value
    assert "nothing is there for input() to read: set the values in the code" in value


def test_a_client_that_leaves_ends_its_run(sandbox):
    with pytest.raises(TimeoutException):
        sandbox.run_code("import time\ntime.sleep(25)", timeout=1)
    started = time.monotonic()
    assert sandbox.run_code("1").text == "1"  # it would wait for the run in progress
    assert time.monotonic() - started < 20


def test_a_long_silence_is_broken(sandbox):
    assert sandbox.run_code("import time\ntime.sleep(6)\n'awake'").text == "awake"


# ---- contexts ----

def test_contexts_have_variables_of_their_own(sandbox):
    context = sandbox.create_code_context()
    assert (context.language, context.cwd) == ("python", "/scratch/work")
    sandbox.run_code("x = 'default'")
    sandbox.run_code("x = 'own'", context=context)
    assert sandbox.run_code("x").text == "default"
    assert sandbox.run_code("x", context=context).text == "own"
    default, second = sandbox.list_code_contexts()
    assert second.id == context.id
    assert sandbox.run_code("x", context=default).text == "default"
    sandbox.restart_code_context(context)
    assert sandbox.run_code("x", context=context).error.name == "NameError"
    assert sandbox.run_code("x").text == "default"
    sandbox.remove_code_context(context)
    with pytest.raises(NotFoundException, match=f"Context {context.id} not found"):
        sandbox.run_code("x", context=context)
    assert len(sandbox.list_code_contexts()) == 1


def test_the_default_context_starts_anew(sandbox):
    sandbox.run_code("x = 1")
    (default,) = sandbox.list_code_contexts()
    sandbox.restart_code_context(default)
    done = sandbox.run_code("x")
    assert (done.error.name, done.execution_count) == ("NameError", 1)
    assert [each.id for each in sandbox.list_code_contexts()] == [default.id]


# ---- files ----

def test_files_are_written_and_read(sandbox):
    info = sandbox.files.write("/home/user/sub/a.txt", "text \u00e9\n")
    assert (info.name, info.path) == ("a.txt", "/scratch/work/sub/a.txt")
    assert sandbox.run_code("open('sub/a.txt').read()").text == "text \u00e9\\n"
    sandbox.run_code("open('made.bin', 'wb').write(bytes(range(256)))")
    assert sandbox.files.read("made.bin", format="bytes") == bytes(range(256))
    assert sandbox.files.read("/scratch/work/sub/a.txt") == "text \u00e9\n"
    assert b"".join(sandbox.files.read("made.bin", format="stream")) == bytes(range(256))
    sandbox.files.write("empty", "")
    assert sandbox.files.read("empty") == ""


def test_several_files_at_once(sandbox):
    written = sandbox.files.write_files([
        {"path": "one.csv", "data": "a,b\n1,2\n"}, {"path": 'q"uote \u00e4.txt', "data": b"--two\r\n--"},
        {"path": "deep/three", "data": io.BytesIO(b"3" * 100_000)}])
    assert [each.path for each in written] == ["/scratch/work/one.csv", '/scratch/work/q"uote \u00e4.txt',
                                               "/scratch/work/deep/three"]
    assert sandbox.run_code("import pandas as pd\nint(pd.read_csv('one.csv').b[0])").text == "2"
    assert sandbox.files.read('q"uote \u00e4.txt', format="bytes") == b"--two\r\n--"
    assert len(sandbox.files.read("deep/three")) == 100_000


def test_files_are_listed_and_removed(sandbox):
    sandbox.files.write("a/b/c.txt", "12345")
    sandbox.files.write("d.txt", "1")
    kinds = {entry.path: (entry.name, entry.type.value, entry.size) for entry in sandbox.files.list(".")}
    assert kinds == {"/scratch/work/a": ("a", "dir", 0), "/scratch/work/d.txt": ("d.txt", "file", 1)}
    assert [entry.path for entry in sandbox.files.list("/home/user/a", depth=2)] == [
        "/scratch/work/a/b", "/scratch/work/a/b/c.txt"]
    assert sandbox.files.exists("a/b/c.txt") and not sandbox.files.exists("a/x")
    assert sandbox.files.get_info("a/b/c.txt").size == 5
    sandbox.files.remove("a/b/c.txt")
    assert not sandbox.files.exists("a/b/c.txt")
    with pytest.raises(FileNotFoundException):
        sandbox.files.read("a/b/c.txt")
    with pytest.raises(FileNotFoundException):
        sandbox.files.list("nowhere")


def test_a_folder_with_many_files_is_listed_whole(sandbox):
    sandbox.run_code("import os\nos.mkdir('z')\nfor i in range(1500): open(f'{i:04}', 'w').close()")
    names = [entry.name for entry in sandbox.files.list(".")]
    assert len(names) == 1501 and names[-2:] == ["1499", "z"]
    assert sandbox.files.exists("z") and sandbox.files.get_info("1499").size == 0
    assert sandbox.files.list("z") == []


def test_folders_are_made_moved_and_removed(sandbox):
    assert sandbox.files.make_dir("/home/user/new \u00e9/deep")
    assert not sandbox.files.make_dir("new \u00e9/deep")  # it is there already
    sandbox.run_code("open('new \u00e9/deep/f', 'w').write('1')")
    assert sandbox.files.rename("new \u00e9/deep/f", "other/g").path == "/scratch/work/other/g"
    assert sandbox.files.read("other/g") == "1"
    sandbox.files.write("new \u00e9/deep/x", "2")
    sandbox.files.remove("new \u00e9")
    assert [entry.name for entry in sandbox.files.list(".")] == ["other"]
    with pytest.raises(FileNotFoundException):
        sandbox.files.remove("new \u00e9")
    with pytest.raises(FileNotFoundException):
        sandbox.files.rename("nowhere", "a")
    for call in (lambda: sandbox.files.make_dir("/etc/x"), lambda: sandbox.files.remove("/home/user"),
                 lambda: sandbox.files.rename("other/g", "/tmp/g"), lambda: sandbox.files.rename("../x", "y")):
        with pytest.raises(InvalidArgumentException):
            call()


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "/home/user/../../etc/passwd", "a/../../b", "/home/users/x"])
def test_no_path_leads_out_of_the_working_directory(sandbox, path):
    for call in (lambda: sandbox.files.read(path), lambda: sandbox.files.write(path, "x")):
        with pytest.raises(InvalidArgumentException):
            call()


def test_what_is_not_there_says_so(sandbox):
    with pytest.raises(SandboxException, match="no commands here"):
        sandbox.commands.run("ls")
    with pytest.raises(SandboxException, match="not supported"):
        sandbox.files.watch_dir(".", lambda event: None)
    with pytest.raises(SandboxException, match="not supported"):
        sandbox.create_snapshot()
    with pytest.raises(SandboxException, match="not supported"):
        sandbox.fork()


# ---- the control plane ----

def test_a_sandbox_that_was_killed_is_gone(options):
    sandbox = Sandbox.create(metadata={"user": "u1"}, **options)
    assert sandbox.is_running()
    info = sandbox.get_info()
    assert (info.sandbox_id, info.metadata, info.state.value) == (sandbox.sandbox_id, {"user": "u1"}, "running")
    assert sandbox.kill()
    assert not sandbox.is_running()
    assert not sandbox.kill()
    with pytest.raises(SandboxNotFoundException):
        sandbox.get_info()
    with pytest.raises(TimeoutException, match="sandbox was not found"):
        sandbox.run_code("1")
    with pytest.raises(SandboxNotRunningException):
        sandbox.files.read("a")
    with pytest.raises(SandboxNotFoundException):
        Sandbox.connect(sandbox.sandbox_id, **options)


def test_another_client_connects_to_it(sandbox, options):
    sandbox.run_code("x = 5")
    other = Sandbox.connect(sandbox.sandbox_id, **options)
    assert other.run_code("x").text == "5"


def test_a_paused_sandbox_waits_for_a_client(sandbox, options):
    sandbox.run_code("x = 5\nopen('kept', 'w').write('file')")
    assert sandbox.pause() is True
    assert sandbox.get_info().state.value == "paused"
    assert sandbox.pause() is False  # it is paused already
    assert not sandbox.is_running()
    with pytest.raises(TimeoutException, match="sandbox was not found"):
        sandbox.run_code("x")
    with pytest.raises(SandboxException, match="is paused"):
        sandbox.set_timeout(60)
    with pytest.raises(SandboxException, match="as a whole"):
        Sandbox.connect(sandbox.sandbox_id, on_resume="reboot", **options)
    resumed = Sandbox.connect(sandbox.sandbox_id, timeout=60, **options)
    assert resumed.get_info().state.value == "running"
    assert resumed.run_code("x, open('kept').read()").text == "(5, 'file')"
    assert resumed.get_info().end_at.timestamp() - time.time() < 61  # the time before the pause is past
    with pytest.raises(SandboxException, match="as a whole"):
        resumed.pause(mode="filesystem")
    resumed.pause()
    assert resumed.connect().run_code("x").text == "5"
    resumed.pause()
    assert resumed.kill()


def test_its_time_ends(sandbox, options):
    sandbox.set_timeout(600)
    left = sandbox.get_info().end_at.timestamp() - time.time()
    assert 590 < left < 610
    Sandbox.connect(sandbox.sandbox_id, timeout=10, **options)
    assert sandbox.get_info().end_at.timestamp() - time.time() > 580  # to connect never shortens it
    sandbox.set_timeout(1)
    deadline = time.monotonic() + 20
    while sandbox.is_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not sandbox.is_running()


def test_what_would_change_a_sandbox_is_refused(options):
    with pytest.raises(SandboxException, match="autoPause"):
        Sandbox.create(lifecycle={"on_timeout": "pause"}, **options)


def test_without_keys_none_are_listed(sandbox, options):
    assert Sandbox.list(**options).next_items() == []


def test_killing_it_ends_its_run(sandbox):
    killer = threading.Timer(1, sandbox.kill)
    killer.start()
    started = time.monotonic()
    done = sandbox.run_code("import time\ntime.sleep(25)")
    killer.join()
    assert done.error is not None
    assert time.monotonic() - started < 20


def test_the_asynchronous_client(options):
    async def use():
        async with await AsyncSandbox.create(**options) as sandbox:
            await sandbox.run_code("x = 1")
            lines = []
            done = await sandbox.run_code("print('a')\nx + 1", on_stdout=lines.append)
            await sandbox.files.write("f", "g")
            return done.text, [str(line) for line in lines], await sandbox.files.read("f")

    assert asyncio.run(use()) == ("2", ["a\n"], "g")
