"""The log: lines on stderr, as text or as the JSON objects that Cloud Logging takes apart."""

import json

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HELLO = b'{"script": "def main():\\n    print(\'printed\')\\n    return \'returned\'"}'


def lines_of(running):
    """Without nsjail's own warnings, which are plain text: "[W][2025-...]"."""
    lines = [line for line in running.log_text().splitlines() if not line.startswith("[W]")]
    assert not [line for line in lines if not line.startswith("{")]
    return [json.loads(line) for line in lines]


def test_every_json_line_has_severity_time_and_message(start_service):
    running = start_service("--log-format", "json")
    assert running.execute("def main():\n    return 1").result == 1
    assert running.stop() == 0
    lines = lines_of(running)
    assert len(lines) > 3
    for line in lines:
        assert line["severity"] in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, line
        assert line["time"].endswith("Z") and line["message"], line
    assert {line["logger"] for line in lines} >= {"server", "run"}


def test_a_run_leaves_one_line_with_its_trace_and_nothing_it_held(start_service):
    running = start_service("--log-format", "json", "--trace-project", "a-project")
    headers = {"Content-Type": "application/json", "X-Cloud-Trace-Context": f"{TRACE}/1;o=1"}
    assert running.request("POST", "/execute", HELLO, headers).status == 200
    running.stop()
    runs = [line for line in lines_of(running) if line["logger"] == "run"]
    assert len(runs) == 1
    assert runs[0]["status"] == 200 and runs[0]["kind"] == "ok"
    assert runs[0]["logging.googleapis.com/trace"] == f"projects/a-project/traces/{TRACE}"
    assert runs[0]["logging.googleapis.com/spanId"] == "0000000000000001"
    assert runs[0]["wall_ms"] > 0
    assert "printed" not in running.log_text() and "returned" not in running.log_text()


def test_failures_are_named_by_their_kind(start_service):
    running = start_service("--log-format", "json")
    running.execute("def main():\n    return 1 / 0")
    running.execute("def main(:")
    running.post_json({"script": ""})
    running.stop()
    kinds = [(line["status"], line["kind"]) for line in lines_of(running) if line["logger"] == "run"]
    assert kinds == [(422, "exception"), (422, "syntax"), (400, "refused")]


def test_cloud_run_gets_json_unasked(start_service):
    running = start_service(environment={"K_SERVICE": "forkjail"})
    running.stop()
    assert all(line["severity"] for line in lines_of(running))


def test_text_is_the_default_elsewhere(start_service):
    running = start_service()
    running.execute("def main():\n    return 1")
    running.stop()
    assert " run info 200 ok in " in running.log_text()
