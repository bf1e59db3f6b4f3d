"""GET /openapi.json: valid, and what it says of requests and answers is what the service does."""

import json

import jsonschema
import pytest
from openapi_spec_validator import validate

FILE = {"path": "data.csv", "content": "a,b\n1,2\n"}
PRINTS_AND_FAILS = "import os\nopen('left.txt', 'w').write('x')\nprint('before')\ndisplay(1)\n1 / 0\n"


@pytest.fixture
def document(service):
    reply = service.request("GET", "/openapi.json")
    assert reply.status == 200
    return reply.json


def schema(document, name):
    """One schema that finds the others it refers to."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/components/schemas/{name}", "components": document["components"]}


def check(document, name, value):
    jsonschema.Draft202012Validator(schema(document, name)).validate(value)


def post(service, path, body):
    return service.request("POST", path, body=json.dumps(body).encode(),
                           headers={"Content-Type": "application/json"})


def operations(document):
    return [(path, method, operation) for path, methods in document["paths"].items()
            for method, operation in methods.items()]


@pytest.fixture
def session(service):
    made = post(service, "/sessions", {})
    assert made.status == 201, made.body
    yield made.json["session"]
    service.request("DELETE", f"/sessions/{made.json['session']}")


def test_the_document_is_valid(document):
    validate(document)


def test_each_path_has_exactly_the_methods_that_it_is_said_to_have(service, document):
    for path, methods in document["paths"].items():
        refused = service.request("PATCH", path.replace("{id}", "x.1").replace("{path}", "f"))
        assert refused.status == 405, path
        allowed = set(refused.headers["Allow"].lower().split(", ")) - {"head"}
        assert allowed == set(methods), path


def test_its_examples_run_as_they_stand(service, document, session):
    ran = []
    for path, method, operation in operations(document):
        for body in operation.get("requestBody", {}).get("content", {}).values():
            if "example" not in body:
                continue
            reply = post(service, path.replace("{id}", session), body["example"])
            assert str(reply.status) in operation["responses"] and reply.status < 300, reply.body
            name = operation["responses"][str(reply.status)]["content"]["application/json"]["schema"]["$ref"]
            check(document, name.rsplit("/", 1)[1], reply.json)
            ran.append(operation["operationId"])
    assert ran == ["execute", "create_session", "execute_in_session"]


@pytest.mark.parametrize("body", [
    {"script": "def main(): return 1", "verbose": True},
    {"script": "def main(): return 1", "args": None, "env": {"A": "b"}, "files": [FILE],
     "limits": {"wall_time_s": 1.5, "output_bytes": 100, "cpu_time_s": None}, "include": ["usage", "files"]},
    {"script": PRINTS_AND_FAILS, "mode": "repl", "verbose": True},
    {"script": "while True: pass", "mode": "program", "limits": {"cpu_time_s": 0.2}, "verbose": True},
])
def test_what_the_service_takes_and_answers_fits_the_schemas(service, document, body):
    check(document, "ExecuteRequest", body)
    reply = post(service, "/execute", body)
    assert reply.status in (200, 422), reply.body
    check(document, "Result" if reply.status == 200 else "Failure", reply.json)


@pytest.mark.parametrize("body", [
    {}, {"script": 1}, {"script": None}, {"script": ""}, {"script": "1", "scrip": "1"}, {"script": "1", "args": "x"},
    {"script": "1", "mode": "cell"}, {"script": "1", "include": ["everything"]}, {"script": "1", "env": {"A": 1}},
    {"script": "1", "files": [{"path": "a"}]}, {"script": "1", "files": [{**FILE, "mode": 7}]},
    {"script": "1", "limits": {"wall_time_s": 1e6}}, {"script": "1", "limits": {"wall_time": 1}},
    {"script": "1", "limits": {"output_bytes": 1.5}}, {"script": "1", "verbose": "yes"}, {"script": "1", "from": "s1"},
])
def test_what_the_schemas_refuse_the_service_refuses(service, document, body):
    with pytest.raises(jsonschema.ValidationError):
        check(document, "ExecuteRequest", body)
    reply = post(service, "/execute", body)
    assert reply.status == 400, (reply.status, reply.body)
    check(document, "Failure", reply.json)


def test_answers_of_sessions_fit_the_schemas(service, document, session):
    run = post(service, f"/sessions/{session}/execute", {"script": PRINTS_AND_FAILS, "verbose": True})
    assert run.status == 422
    check(document, "Failure", run.json)
    assert "state" in run.json
    check(document, "Session", service.request("GET", f"/sessions/{session}").json)
    check(document, "SessionList", service.request("GET", "/sessions").json)
    files = service.request("GET", f"/sessions/{session}/files").json
    assert [file["path"] for file in files["files"]] == ["left.txt"]
    check(document, "FileList", files)
    unknown = service.request("GET", "/sessions/x." + "1" * 32)
    check(document, "Error", unknown.json)


def test_each_call_of_a_session_answers_with_a_described_status(service, document):
    session = post(service, "/sessions", {}).json["session"]
    calls = [("put", "/sessions/{id}/files/{path}"), ("get", "/sessions/{id}/files/{path}"),
             ("get", "/sessions/{id}/files"), ("delete", "/sessions/{id}/files/{path}"),
             ("post", "/sessions/{id}/interrupt"), ("get", "/sessions/{id}"), ("delete", "/sessions/{id}")]
    for _ in ("of a session", "of one that is gone"):
        for method, path in calls:
            reply = service.request(method.upper(), path.replace("{id}", session).replace("{path}", "a.txt"),
                                    body=b"x" if method == "put" else None)
            answer = document["paths"][path][method]["responses"][str(reply.status)]
            content = answer.get("content", {})
            assert bool(reply.body) == bool(content), (method, path, reply.body)
            if "application/json" in content:
                check(document, content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1], reply.json)


@pytest.mark.parametrize("path", ["/health", "/ready", "/info"])
def test_what_the_service_tells_of_itself_fits_the_schemas(service, document, path):
    answers = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    check(document, answers["$ref"].rsplit("/", 1)[1], service.request("GET", path).json)


def test_without_sessions_their_calls_are_not_described(start_service):
    running = start_service("--sessions-max", "0")
    paths = running.request("GET", "/openapi.json").json["paths"]
    assert "/execute" in paths
    assert not [path for path in paths if path.startswith("/sessions")]


def test_limits_in_the_schema_are_those_in_force(start_service):
    running = start_service("--wall-time-max", "7")
    limits = running.request("GET", "/openapi.json").json["components"]["schemas"]["ExecuteRequest"]
    assert limits["properties"]["limits"]["properties"]["wall_time_s"]["maximum"] == 7
