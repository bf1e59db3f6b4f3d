"""A client of POST /execute that takes the answer as Server-Sent Events."""

import http.client
import json

EVENTS = {"Accept": "text/event-stream"}


class EventStream:
    """One request, and its events as they come: ("stdout", {"text": ...}), ..., ("comment", "")."""

    def __init__(self, service, script, timeout_s=60, **fields):
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=timeout_s)
        self.connection.request("POST", "/execute", json.dumps({"script": script, **fields}),
                                {"Content-Type": "application/json", **EVENTS})
        self.response = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self.connection.close()

    def __iter__(self):
        event, data = None, []
        while line := self.response.readline():
            line = line.decode().removesuffix("\n")
            if line.startswith(":"):
                yield "comment", line[1:].strip()
            elif line:
                name, value = line.split(": ", 1)
                if name == "event":
                    event = value
                else:
                    assert name == "data", line
                    data.append(value)
            elif event is not None:
                yield event, json.loads("\n".join(data))
                event, data = None, []
        assert event is None, "the stream ends in the middle of an event"


def text_of(events, stream):
    return "".join(data["text"] for name, data in events if name == stream)
