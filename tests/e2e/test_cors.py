"""--cors-origin: pages of listed origins may read answers, and no others."""

import json

import pytest

PAGE = "https://app.example"
OTHER = "https://app.example.evil"
BODY = json.dumps({"script": "def main(): return 1"}).encode()


@pytest.fixture(scope="module")
def opened():
    from service import Service, assert_nothing_left
    running = Service("--cors-origin", f"http://localhost:3000, {PAGE}")
    running.wait_until_ready(warm=False)
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


def preflight(running, origin, path="/execute"):
    return running.request("OPTIONS", path, headers={
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type"})


def post(running, origin, **headers):
    return running.request("POST", "/execute", BODY,
                           {"Content-Type": "application/json", "Origin": origin, **headers})


def cors_headers(reply):
    return {name for name, _ in reply.headers.items() if name.startswith("Access-Control")}


def test_a_listed_page_may_ask_and_read(opened):
    asked = preflight(opened, PAGE)
    assert asked.status == 204 and not asked.body
    assert asked.headers["Access-Control-Allow-Origin"] == PAGE
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    allowed = {name.strip().lower() for name in asked.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "x-api-key", "x-request-id"} <= allowed
    reply = post(opened, PAGE)
    assert reply.result == 1 and reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert "X-Request-Id" in reply.headers["Access-Control-Expose-Headers"]
    assert "Retry-After" in reply.headers["Access-Control-Expose-Headers"]


def test_errors_and_streams_can_be_read_too(opened):
    reply = opened.request("POST", "/execute", b"[", {"Content-Type": "application/json", "Origin": PAGE})
    assert reply.status == 400 and reply.headers["Access-Control-Allow-Origin"] == PAGE
    reply = opened.request("GET", "/nowhere", headers={"Origin": PAGE})
    assert reply.status == 404 and reply.headers["Access-Control-Allow-Origin"] == PAGE
    reply = post(opened, PAGE, Accept="text/event-stream")
    assert reply.headers["Content-Type"].startswith("text/event-stream")
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize("origin", [OTHER, "null", "*", "http://app.example", "https://APP.example", ""])
def test_another_page_gets_no_leave(opened, origin):
    assert preflight(opened, origin).status == 405
    assert not cors_headers(preflight(opened, origin))
    reply = post(opened, origin)
    assert not cors_headers(reply) and reply.headers["Vary"] == "Origin"


def test_no_answer_allows_credentials_or_everybody(opened):
    for reply in (preflight(opened, PAGE), post(opened, PAGE), preflight(opened, OTHER)):
        assert reply.headers["Access-Control-Allow-Credentials"] is None
        assert reply.headers["Access-Control-Allow-Origin"] != "*"
        assert reply.headers["Vary"] == "Origin"


def test_a_preflight_needs_no_key_and_gives_none(start_service, tmp_path):
    (tmp_path / "keys").write_text(json.dumps({"name": "me", "key_sha256": "0" * 64}))
    running = start_service("--keys", str(tmp_path / "keys"), "--cors-origin", PAGE, ready=False)
    running.wait_until_ready(warm=False)
    assert preflight(running, PAGE).status == 204
    reply = post(running, PAGE)
    assert reply.status == 401 and reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert "WWW-Authenticate" in reply.headers["Access-Control-Expose-Headers"]


def test_without_the_flag_nothing_is_said(service):
    assert preflight(service, PAGE).status == 405
    reply = post(service, PAGE)
    assert reply.result == 1 and not cors_headers(reply) and reply.headers["Vary"] is None


@pytest.mark.parametrize("origins", ["*", "app.example", f"{PAGE}/", f"{PAGE}:443", f"{PAGE},null"])
def test_what_is_no_origin_ends_the_start(start_service, origins):
    running = start_service("--cors-origin", origins, ready=False)
    assert running.process.wait(timeout=30) == 2
    assert "--cors-origin" in running.log_text() and "list of origins" in running.log_text()
