"""/compat/dify: what Dify's code and template nodes send, and what they ask of the answer."""

import base64
import json
import re

import pytest

from service import filled

PATH = "/compat/dify/v1/sandbox/run"

# What a node appends to its user's code: the inputs, a call of main(), the result between two marks.
CALL = """
import json
from base64 import b64decode

inputs_obj = json.loads(b64decode('{inputs}').decode('utf-8'))
output_obj = main(**inputs_obj)
output_json = json.dumps(output_obj, indent=4)
print(f'''<<RESULT>>{{output_json}}<<RESULT>>''')
"""

TEMPLATE = """
def main(**inputs):
    import jinja2
    return jinja2.Template('''{template}''').render(**inputs)

import json
from base64 import b64decode

inputs_obj = json.loads(b64decode('{inputs}').decode('utf-8'))
print(f'''<<RESULT>>{{main(**inputs_obj)}}<<RESULT>>''')
"""


class NodeFailed(Exception):
    """What a node shows to its user."""


def encoded(inputs):
    return base64.b64encode(json.dumps(inputs, ensure_ascii=False).encode()).decode()


def send(service, code, language="python3", path=PATH, **fields):
    body = {"language": language, "code": code, "preload": "", "enable_network": True, **fields}
    return service.request("POST", path, json.dumps(body).encode(),
                           {"Content-Type": "application/json", "X-Api-Key": "dify-sandbox"})


def printed(reply):
    """The checks of the node, in its order."""
    if reply.status == 503:
        raise NodeFailed("Code execution service is unavailable")
    if reply.status != 200:
        raise NodeFailed(f"got status code {reply.status}")
    answer = reply.json
    assert isinstance(answer["code"], int) and isinstance(answer["message"], str)
    if answer["code"] != 0:
        raise NodeFailed(answer["message"])
    if answer["data"]["error"]:
        raise NodeFailed(answer["data"]["error"])
    assert set(answer["data"]) == {"stdout", "stderr", "error", "exit_code"}
    return answer["data"]["stdout"]


def between_marks(stdout):
    return re.search("<<RESULT>>(.*)<<RESULT>>", stdout, re.DOTALL).group(1)


def run_node(service, code, **inputs):
    return json.loads(between_marks(printed(send(service, code + CALL.format(inputs=encoded(inputs))))))


def test_a_code_node_gets_its_result(service):
    code = "def main(first: str, second: int) -> dict:\n    return {'result': first * second, 'ok': True}\n"
    assert run_node(service, code, first="äb", second=2) == {"result": "äbäb", "ok": True}


def test_its_script_is_the_program_itself(service):
    assert printed(send(service, "print(__name__)")) == "__main__\n"


def test_what_goes_to_stderr_is_no_error(service):
    reply = send(service, "import sys\nprint('careful', file=sys.stderr)\nprint('done')")
    assert printed(reply) == "done\n"
    assert reply.json["data"]["stderr"] == "careful\n"
    assert reply.json["data"]["exit_code"] == 0


def test_a_template_node_gets_its_text(service):
    code = TEMPLATE.format(template="{% for one in many %}<{{ one }}>{% endfor %}",
                           inputs=encoded({"many": ["a", "ü"]}))
    assert between_marks(printed(send(service, code))) == "<a><ü>"


def test_inputs_may_be_larger_than_a_script(service):
    text = "a long document " * 40_000
    assert run_node(service, "def main(text):\n    return {'length': len(text)}\n", text=text) == {
        "length": len(text)}


@pytest.mark.parametrize("padding", ["", "# " + "x" * 200_000 + "\n"], ids=["small", "large"])
def test_a_failure_names_exit_code_and_place(service, padding):
    code = padding + "def main(a):\n    return 1 / a\n"
    with pytest.raises(NodeFailed) as failed:
        run_node(service, code, a=0)
    message = str(failed.value)
    assert message.startswith("process exited with code 1\n")
    line = 3 if padding else 2
    assert f'File "script.py", line {line}, in main\n    return 1 / a\n' in message
    assert "ZeroDivisionError: division by zero" in message
    assert "forkjail" not in message


@pytest.mark.parametrize("code, code_text, says", [
    ("import sys\nsys.exit(7)", "7", ""),
    ("def f(:", "1", "SyntaxError"),
    ("import requests", "1", "this sandbox has no network"),
    ("import time\ntime.sleep(99)", "137", "wall time limit exceeded"),
])
def test_other_ends(start_service, service, code, code_text, says):
    running = start_service("--wall-time-max", "1") if "sleep" in code else service
    with pytest.raises(NodeFailed) as failed:
        printed(send(running, code))
    assert f"process exited with code {code_text}\n" in str(failed.value)
    assert says in str(failed.value)


def test_advice_names_no_fields_that_a_node_has_not(service):
    with pytest.raises(NodeFailed, match="sys.argv has no arguments: set the values in the code"):
        printed(send(service, "import sys\nprint(sys.argv[1])"))


def test_output_beyond_the_limit_is_an_error_not_half_a_result(start_service):
    running = start_service("--output-max", "1000")
    with pytest.raises(NodeFailed, match="output limit"):
        run_node(running, "def main():\n    return {'text': 'x' * 2000}\n")


def test_javascript_is_answered_in_words_that_the_node_shows(service):
    with pytest.raises(NodeFailed, match="runs Python only"):
        printed(send(service, "function main() {}", language="nodejs"))


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"5", b'{"language":"python3"}',
                                  b'{"language":"python3","code":5}', b'{"language":["python3"],"code":""}'])
def test_a_wrong_request_is_answered_in_the_systems_form(service, body):
    reply = service.post_json(body, path=PATH)
    assert reply.status == 200
    assert reply.json["code"] == -400 and reply.json["message"] and reply.json["data"] is None


def test_an_unknown_language_is_a_400(service):
    reply = send(service, "x", language="perl")
    assert reply.status == 400
    assert reply.json == {"code": -400, "message": "unsupported language", "data": None}


def test_packages_are_listed(service):
    reply = service.request("GET", "/compat/dify/v1/sandbox/dependencies?language=python3")
    assert reply.status == 200 and reply.json["code"] == 0
    found = {one["name"]: one["version"] for one in reply.json["data"]["dependencies"]}
    assert "jinja2" in found and all(found.values())
    other = service.request("GET", "/compat/dify/v1/sandbox/dependencies?language=nodejs")
    assert other.status == 400


def test_packages_are_not_installed(service):
    reply = service.post_json({"language": "python3"}, path="/compat/dify/v1/sandbox/dependencies/update")
    assert reply.json["code"] == -400 and "image" in reply.json["message"]


def test_health(service):
    assert service.request("GET", "/compat/dify/health").body == b'"ok"'


def test_its_paths_can_be_at_the_root(start_service):
    running = start_service("--compat-root", "dify")
    assert printed(send(running, "print(1)", path="/v1/sandbox/run")) == "1\n"
    assert printed(send(running, "print(1)")) == "1\n"
    assert running.request("GET", "/health").json["status"] == "healthy"


def test_without_the_flag_they_are_not(service):
    assert send(service, "print(1)", path="/v1/sandbox/run").status == 404


def test_a_full_queue_is_a_503(start_service):
    running = start_service("--running-max", "1", "--queue-max", "1")
    with filled(running):
        reply = send(running, "print(1)")
    assert reply.status == 503 and reply.json["code"] == -503
    assert reply.headers["Retry-After"]
