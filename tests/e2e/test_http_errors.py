"""Requests that are wrong: each gets its status and a JSON error that says what to do."""

import json

import pytest

OK = "def main():\n    return 1\n"
SCRIPT_BYTES_MAX = 102_400


def refused(reply, status, *words):
    assert reply.status == status, f"{reply.status}: {reply.body[:500]!r}"
    assert reply.headers["Content-Type"].split(";")[0] == "application/json"
    for word in words:
        assert word in reply.error, reply.error
    return reply


def test_missing_script_is_400(service):
    refused(service.post_json({}), 400, "script")


@pytest.mark.parametrize("script", [None, 5, True, [], {}, ["def main(): pass"]], ids=str)
def test_script_that_is_no_string_is_400(service, script):
    refused(service.post_json({"script": script}), 400, "script")


def test_empty_script_is_400(service):
    refused(service.post_json({"script": ""}), 400, "script")


def test_script_of_blanks_runs_and_has_no_main(service):
    """Only an empty one is refused unseen."""
    refused(service.post_json({"script": " \n\t"}), 422, "main()")


def script_of(size):
    start = OK + "#"
    return start + "x" * (size - len(start))


def test_script_of_100_kb_runs(service):
    assert service.execute(script_of(SCRIPT_BYTES_MAX)).result == 1


def test_script_of_100_kb_and_one_byte_is_413(service):
    refused(service.execute(script_of(SCRIPT_BYTES_MAX + 1)), 413, "script", "102400")


def test_script_size_counts_bytes_not_characters(service):
    script = OK + "#" + "\u00e9" * (SCRIPT_BYTES_MAX // 2)
    refused(service.post_json(json.dumps({"script": script}, ensure_ascii=False).encode()), 413)
    refused(service.execute(script), 413)  # the same with escapes


def test_body_beyond_10_mb_is_413(service):
    body = json.dumps({"script": OK, "stdin": "x" * (10 << 20)}).encode()
    with_length = (b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
    assert service.raw(with_length).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("body", [
    b"", b"{", b"nonsense", b'{"script": "x"', b'{"script": "x"} tail', b'{"script": "\xff"}',
    b'{"script": "\xed\xa0\x80"}', b'\xef\xbb\xbf{"script": "def main(): pass"}', b'"script"', b"[1]", b"null",
    b'{"script": "a", "script": "b"}', b'{"script": "a",}', b"{'script': 'a'}", b"[" * 100_000,
], ids=lambda body: repr(body[:24]))
def test_body_that_is_no_json_object_in_utf8_is_400(service, body):
    refused(service.post_json(body), 400)


def test_unknown_field_is_400_and_named(service):
    refused(service.post_json({"script": OK, "scirpt": "typo"}), 400, "scirpt")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_wrong_content_type_is_415(service, content_type):
    body = json.dumps({"script": OK}).encode()
    refused(service.request("POST", "/execute", body, {"Content-Type": content_type}), 415, "application/json")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_compressed_body_is_415(service, coding):
    body = b'{"script": "def main(): pass"}'
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    refused(service.request("POST", "/execute", body, headers), 415, "uncompressed")


def test_a_raw_line_break_is_400_and_says_how_to_write_it(service):
    body = b'{"script": "def main():\n    pass"}'
    refused(service.request("POST", "/execute", body, {"Content-Type": "application/json"}), 400, "write it as \\n")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_content_type_is_accepted(service, content_type):
    body = json.dumps({"script": OK}).encode()
    assert service.request("POST", "/execute", body, {"Content-Type": content_type}).result == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_method_on_execute_is_405_with_allow(service, method):
    reply = refused(service.request(method, "/execute"), 405)
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("path", ["/health", "/ready", "/info"])
def test_post_on_a_page_to_read_is_405(service, path):
    reply = refused(service.post_json({}, path=path), 405)
    assert "GET" in reply.headers["Allow"]


@pytest.mark.parametrize("path", ["/nowhere", "/execute/", "/execute2", "/../etc/passwd", "//execute", "/%00"])
def test_unknown_path_is_404(service, path):
    refused(service.request("GET", path), 404)


def test_query_string_does_not_change_the_page(service):
    assert service.request("GET", "/health?probe=1").status == 200


JSON_HEAD = b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("head, status", [
    (JSON_HEAD + b"Content-Length: -1\r\n\r\n", 400),
    (JSON_HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    (JSON_HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    (JSON_HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n", 400),
    (b"NONSENSE\r\n\r\n", 400),
    (b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n", 505),
], ids=["negative length", "two lengths", "length and chunked", "bad chunk size", "no request", "unknown version"])
def test_malformed_http_is_refused_and_the_service_lives(service, head, status):
    assert service.raw(head).startswith(b"HTTP/1.1 %d " % status)
    assert service.request("GET", "/health").status == 200


def test_too_many_headers_are_431(service):
    head = b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"X-A: %s\r\n" % (b"y" * 1000) * 1000 + b"\r\n"
    assert service.raw(head).startswith(b"HTTP/1.1 431 ")


def test_chunked_body_is_accepted(service):
    body = json.dumps({"script": OK}).encode()
    answer = service.raw(
        b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    assert answer.startswith(b"HTTP/1.1 200")


def test_connection_is_kept_for_the_next_request(service):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    for number in range(3):
        body = json.dumps({"script": f"def main():\n    return {number}\n"})
        connection.request("POST", "/execute", body, {"Content-Type": "application/json"})
        assert json.loads(connection.getresponse().read())["result"] == number
    connection.close()


def test_pipelined_requests_are_answered_in_order(service):
    requests = b""
    for number in range(5):
        body = b'{"script": "def main():\\n    return %d"}' % number
        requests += (b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     b"Content-Length: %d\r\n%s\r\n%s" %
                     (len(body), b"Connection: close\r\n" if number == 4 else b"", body))
    answer = service.raw(requests)
    places = [answer.find(b'"result":%d' % number) for number in range(5)]
    assert all(place > 0 for place in places) and places == sorted(places), answer[:1000]
