"""Streaming: events as they come, the end of a run whose reader leaves, and the decoder."""

import time

import pytest

import forkjail
from forkjail import Finished, Shown, Stderr, Stdout
from forkjail.events import EventDecoder


def wait_until_idle(client, within_s=10):
    deadline = time.monotonic() + within_s
    while client.info()["pool"]["in_use"]:
        assert time.monotonic() < deadline, "the run goes on"
        time.sleep(0.05)


def test_events_are_typed_and_in_order(client):
    events = list(client.stream("import sys\nprint('a', flush=True)\ndisplay(5)\nprint('e', file=sys.stderr)",
                                mode="program"))
    assert {type(event) for event in events} == {Stdout, Stderr, Shown, Finished}
    assert isinstance(events[-1], Finished)
    assert "".join(event.text for event in events if isinstance(event, Stdout)) == "a\n"
    assert events[-1].result.stdout == "a\n"


def test_output_comes_while_the_script_runs(client):
    with client.stream("import time\nprint('first', flush=True)\ntime.sleep(20)", mode="program") as events:
        assert next(iter(events)) == Stdout("first\n")
        assert client.info()["pool"]["in_use"] == 1
    wait_until_idle(client)


def test_result_is_there_after_the_iteration(client):
    stream = client.stream("def main(): return 6")
    with pytest.raises(forkjail.ForkjailError, match="not ended"):
        _ = stream.result
    assert list(stream)
    assert stream.result.result == 6


def test_failure_is_raised_after_its_output(client):
    seen = []
    with pytest.raises(forkjail.ScriptException) as raised:
        seen.extend(event for event in client.stream("print('a')\n1/0", mode="program"))
    assert raised.value.stdout == "a\n"


def test_wrong_request_is_raised_before_any_event(client):
    with pytest.raises(forkjail.RequestError):
        next(iter(client.stream("x", mode="other")))


def test_separators_of_unicode_do_not_cut_an_event(client):
    text = "a\u2028b\u2029c\x85d\x0b\x0ce"
    events = list(client.stream("import sys\nsys.stdout.write(sys.stdin.read())", mode="program", stdin=text))
    assert events[-1].result.stdout == text


def test_decoder_takes_pieces_of_any_size():
    stream = 'event: stdout\ndata: {"text":"é"}\n\n: \n\nevent: result\r\ndata: {"result":\ndata: 1}\r\n\r\n'.encode()
    for size in range(1, len(stream) + 1):
        decoder, events = EventDecoder(), []
        for start in range(0, len(stream), size):
            events.extend(decoder.feed(stream[start:start + size]))
        assert events == [("stdout", {"text": "é"}), ("result", {"result": 1})]


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff"])
def test_decoder_refuses_what_is_not_an_object(data):
    with pytest.raises(forkjail.ServiceFault):
        list(EventDecoder().feed(b"event: stdout\ndata: " + data + b"\n\n"))
