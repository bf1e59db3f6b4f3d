"""/compat/ragflow: what RAGFlow's code component sends, and what it makes of the answer."""

import base64
import json

import pytest

PATH = "/compat/ragflow/run"
MEMBERS = {"status", "stdout", "stderr", "exit_code", "detail", "time_used_ms", "memory_used_kb",
           "resource_limit_type", "unauthorized_access_type", "runtime_error_type", "artifacts", "result"}


def send(service, code, arguments=None, language="python"):
    body = {"code_b64": base64.b64encode(code.encode()).decode(), "language": language,
            "arguments": arguments or {}}
    reply = service.post_json(body, path=PATH)
    assert reply.status == 200, reply.body
    return reply.json


def component_result(answer):
    """The component's own reading: an error only where nothing else came."""
    result = answer["result"] or {}
    if answer["stderr"] and not result.get("present") and not answer["artifacts"] \
            and not answer["stdout"].strip():
        return "error", answer["stderr"]
    return "value", result["value"] if result.get("present") is True else answer["stdout"]


def test_main_is_called_with_the_arguments(service):
    answer = send(service, "def main(a, b=2):\n    print('seen')\n    return {'sum': a + b}", {"a": 1})
    assert set(answer) == MEMBERS
    assert answer["status"] == "success" and answer["exit_code"] == 0
    assert answer["stdout"] == "seen\n"
    assert answer["result"] == {"present": True, "value": {"sum": 3}, "type": "json"}
    assert component_result(answer) == ("value", {"sum": 3})


def test_null_is_a_result_too(service):
    assert component_result(send(service, "def main(): pass")) == ("value", None)


def test_artifacts_come_back(service):
    answer = send(service, "import os\ndef main():\n"
                  "    open('artifacts/table.CSV', 'w').write('a,b')\n"
                  "    open('artifacts/no.exe', 'w').write('x')\n"
                  "    open('artifacts/empty.csv', 'w')\n"
                  "    open('page.html', 'w').write('<p>')\n"
                  "    os.mkdir('artifacts/deep'); open('artifacts/deep/x.csv', 'w').write('x')\n"
                  "    return 1")
    assert [(one["name"], one["mime_type"], one["size"], base64.b64decode(one["content_b64"]))
            for one in answer["artifacts"]] == [
        ("table.CSV", "text/csv", 3, b"a,b"), ("page.html", "text/html", 3, b"<p>")]


def test_at_most_ten_artifacts(service):
    answer = send(service, "def main():\n    for i in range(12): open(f'artifacts/{i}.csv', 'w').write('x')")
    assert len(answer["artifacts"]) == 10


@pytest.mark.parametrize("code, status, member, value, exit_code, says", [
    ("def main():\n    print('half')\n    return 1 / 0", "program_error", "runtime_error_type", "nonzero_exit", 1,
     "ZeroDivisionError: division by zero (line 3, in main)"),
    ("def main(:", "program_error", "runtime_error_type", "nonzero_exit", 1, "SyntaxError"),
    ("x = 1", "program_error", "runtime_error_type", "nonzero_exit", 1, "no main() function; define it"),
    ("import sys\ndef main():\n    sys.exit(4)", "program_error", "runtime_error_type", "nonzero_exit", 4, "status 4"),
    ("def main():\n    return 'x' * 10**9", "resource_limit_exceeded", "resource_limit_type", "memory", -137,
     "memory limit exceeded"),
    ("def main():\n    import ctypes; ctypes.string_at(0)", "runtime_error", "runtime_error_type", "signalled", 139,
     "SIGSEGV"),
])
def test_failures(service, code, status, member, value, exit_code, says):
    answer = send(service, code)
    assert set(answer) == MEMBERS
    assert (answer["status"], answer[member], answer["exit_code"]) == (status, value, exit_code)
    kind, text = component_result(answer)
    assert kind == "error" and says in text


def test_a_time_limit(start_service):
    answer = send(start_service("--wall-time-max", "1"), "import time\ndef main():\n    time.sleep(9)")
    assert (answer["status"], answer["resource_limit_type"], answer["exit_code"]) == (
        "resource_limit_exceeded", "time", -124)


def test_javascript_is_answered_in_words_that_the_component_shows(service):
    answer = send(service, "async function main() {}", language="nodejs")
    assert answer["status"] == "program_runner_error"
    assert "Python only" in component_result(answer)[1]


@pytest.mark.parametrize("body", [{"language": "python"}, {"code_b64": "%"}, {"code_b64": 1},
                                  {"code_b64": "eA==", "language": "perl"}, {"code_b64": "eA==", "arguments": []},
                                  [], None, "x"])
def test_a_wrong_request_is_a_422(service, body):
    reply = service.post_json(json.dumps(body).encode(), path=PATH)
    assert reply.status == 422 and isinstance(reply.json["detail"], str)


def test_health(service):
    assert service.request("GET", "/compat/ragflow/healthz").status == 200
