"""/compat/fastgpt: what FastGPT's code node sends, and what it asks of the answer."""

import json

import pytest

PATH = "/compat/fastgpt/sandbox/python"


class NodeFailed(Exception):
    """What a node shows to its user."""


def send(service, code, variables=None, path=PATH, **fields):
    return service.post_json({"code": code, "variables": variables or {}, **fields}, path=path)


def run_node(service, code, **variables):
    reply = send(service, code, variables)
    if reply.status != 200:
        raise NodeFailed(f"Request failed with status code {reply.status}")
    if not reply.json["success"]:
        raise NodeFailed(reply.json["message"])
    assert set(reply.json["data"]) == {"codeReturn", "log"}
    return reply.json["data"]["codeReturn"]


@pytest.mark.parametrize("code, variables, result", [
    ("def main():\n    return {'ok': True}", {}, {"ok": True}),
    ("def main(variables):\n    return [variables['a'], variables['b']]", {"a": 1, "b": 2}, [1, 2]),
    ("def main(a):\n    return a + 1", {"a": 1}, 2),
    ("def main(v):\n    return v", {"a": 1}, {"a": 1}),
    ("def main(a, b):\n    return {'sum': a + b}", {"b": 2, "a": 1}, {"sum": 3}),
    ("def main(name, greeting='Hello'):\n    return f'{greeting}, {name}!'", {"name": "W"}, "Hello, W!"),
    ("def main(a=None, b=None):\n    return [a, b]", {"b": "d"}, [None, "d"]),
    ("prefix = name + '_x'\ndef main():\n    return [prefix, name, variables['name']]", {"name": "n"},
     ["n_x", "n", "n"]),
    ("async def main(a):\n    return a", {"a": [1, {"b": None}]}, [1, {"b": None}]),
    ("def main():\n    return [count_token('x' * 9), str_to_base64('ab', 'p:'), json.dumps(math.floor(1.5))]",
     {}, [3, "p:YWI=", "1"]),
    ("def main():\n    return sorted(create_hmac('sha256', 's'))", {}, ["sign", "timestamp"]),
    ("def main(main):\n    return main", {"main": 5}, 5),
])
def test_main_is_called_by_the_names_of_its_parameters(service, code, variables, result):
    assert run_node(service, code, **variables) == result


def test_what_is_printed_is_the_log(service):
    reply = send(service, "def main(a):\n    print('one')\n    print('two', a)\n    return {}", {"a": 3})
    assert reply.json == {"success": True, "data": {"codeReturn": {}, "log": "one\ntwo 3"}}


@pytest.mark.parametrize("code, variables, message", [
    ("def main(a, b):\n    return a / b", {"a": 1, "b": 0}, "ZeroDivisionError: division by zero (line 2, in main)"),
    ("def main(a, b):\n    return a", {"a": 1}, "Missing required argument: 'b'"),
    ("x = 1", {}, "defines no main()"),
    ("def main(:", {}, "SyntaxError"),
    ("import requests\ndef main(): pass", {}, "no network"),
    ("def main():\n    return SystemHelper.httpRequest('http://example.org')", {}, "no network"),
    ("def main():\n    return {1, 2}", {}, "not JSON-serializable"),
    ("def main():\n    delay(20000)", {}, "10000 ms"),
    ("def main():\n    return input()", {}, "nothing is there for input() to read: set the values in the code"),
])
def test_a_failure_is_a_message(service, code, variables, message):
    with pytest.raises(NodeFailed) as failed:
        run_node(service, code, **variables)
    assert message in str(failed.value)


@pytest.mark.parametrize("body", [{"variables": {}}, {"code": 5}, {"code": ""}, {"code": "x", "variables": []},
                                  {"code": "x", "queueId": 1}, [], "x", None])
def test_a_wrong_request_is_a_400(service, body):
    reply = service.post_json(json.dumps(body).encode(), path=PATH)
    assert reply.status == 400
    assert reply.json["success"] is False and reply.json["message"].startswith("Invalid request")


def test_a_queue_id_and_code_beyond_a_scripts_size_are_taken(service):
    code = "text = '" + "x" * 200_000 + "'\ndef main():\n    return len(text)"
    assert send(service, code, queueId="team").json["data"]["codeReturn"] == 200_000


def test_javascript_is_answered_in_words_that_the_node_shows(service):
    reply = send(service, "function main() {}", path="/compat/fastgpt/sandbox/js")
    assert reply.status == 200
    assert reply.json["success"] is False and "Python only" in reply.json["message"]


def test_modules_and_health(service):
    listed = service.request("GET", "/compat/fastgpt/sandbox/modules").json
    assert listed["success"] and "numpy" in listed["data"]["python"]
    assert {"js", "python", "builtinGlobals"} == set(listed["data"])
    assert service.request("GET", "/compat/fastgpt/health").json == {"status": "ok"}
