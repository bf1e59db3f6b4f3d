"""What a script does with display(): its own answer is all that it can hurt."""

import json

import pytest

SEND = "send = display.__globals__['_send']"


@pytest.fixture
def run(service):
    """Runs a script and returns what it displayed."""
    def run_script(*lines, status=(200,), prelude="", **fields):
        script = prelude + "def main():\n" + "".join(f"    {line}\n" for line in lines)
        reply = service.execute(script, include=["display"], limits={"wall_time_s": 8, "cpu_time_s": 6}, **fields)
        assert reply.status in status, reply.body[:500]
        assert all(isinstance(bundle, dict) for bundle in reply.json.get("display", []))
        assert len(json.dumps(reply.json)) < 32 << 20
        run_script.reply = reply
        return reply.json.get("display", [])
    return run_script


def test_a_million_calls_give_a_thousand(run):
    shown = run("for i in range(10**6):", "    display(0)", status=(200, 422))
    assert len(shown) == 1000


def test_bundles_are_not_read_only_passed_on(run):
    (bundle,) = run("display({'image/png': 'no base64 \\udc80', 'x' * 1000: [1, {'a': None}]}, raw=True)")
    assert bundle["image/png"].startswith("no base64 ")


@pytest.mark.parametrize("body", [
    f"{SEND}; [send(x) for x in (None, 5, [], 'x', {{1}})]",
    f"{SEND}; send({{'a': send}}); send({{(1, 2): 3}})",
    f"{SEND}; d = {{}}; d['d'] = d; send(d)",
    f"{SEND}; d = x = {{}}\n    for _ in range(10**5): x['d'] = x = {{}}\n    send(d)",
    "display.__globals__.clear()",
    "display.__globals__.update(finish=5, show=5, _open_figures=5, _send=5)",
    "import sys; sys.modules.clear()",
    "import sys; sys.modules['matplotlib.figure'] = sys.modules['matplotlib._pylab_helpers'] = 5",
    "import builtins; vars(builtins).clear()",
])
def test_a_broken_display_leaves_the_run_as_it_is(run, body):
    assert run(body) == []
    assert run.reply.result is None


def test_objects_that_display_while_they_are_encoded_send_whole_bundles(run):
    prelude = ("class Loud(dict):\n    def items(self):\n        display('within')\n        return [('a/b', 'c')]\n")
    assert run(f"{SEND}; send(Loud(a=1)); send({{'x': Loud()}})", prelude=prelude) == [
        {"text/plain": "'within'"}, {"a/b": "c"}, {"text/plain": "'within'"}, {"x": {"a/b": "c"}}]


def test_threads_that_display_at_once_send_whole_bundles(run):
    shown = run("from threading import Thread",
                "ts = [Thread(target=lambda: [display('x' * 9000) for _ in range(60)]) for _ in range(8)]",
                "[t.start() for t in ts]", "[t.join() for t in ts]")
    assert shown == [{"text/plain": repr("x" * 9000)}] * 480


def test_an_end_that_does_not_end_is_ended_by_the_clock(run):
    run("display.__globals__['_open_figures'] = lambda: iter(int, 1)", "import sys",
        "sys.modules['matplotlib._pylab_helpers'] = 5", status=(422,))
    assert "limit exceeded" in run.reply.error
