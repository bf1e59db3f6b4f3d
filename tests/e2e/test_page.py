"""The page as files: headers, forms, tags; without it; without a key."""

import gzip
import re

import pytest


def built(service):
    if service.request("GET", "/").status != 200:
        pytest.skip("built without its page")
    return service


def assets(service):
    return re.findall(r'(?:href|src)="(/page/[^"]+)"', service.request("GET", "/").body.decode())


def test_the_page_and_its_files_are_served_as_what_they_are(service):
    built(service)
    for path in ("/", "/docs"):
        reply = service.request("GET", path)
        assert reply.status == 200
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.headers["Cache-Control"] == "no-cache"
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert b"http://" not in reply.body and b"https://" not in reply.body
    types = {path.split(".")[-1]: service.request("GET", path).headers["Content-Type"] for path in assets(service)}
    assert types == {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    for path in assets(service):
        assert "immutable" in service.request("GET", path).headers["Cache-Control"]


def test_all_of_it_is_small_over_the_wire(service):
    built(service)
    sizes = [len(service.request("GET", path, headers={"Accept-Encoding": "gzip"}).body)
             for path in {"/", *assets(service)}]
    assert sum(sizes) < 400_000


def test_each_form_is_the_same_file_and_known_by_its_tag(service):
    built(service)
    for path in ("/", *assets(service)):
        plain = service.request("GET", path)
        zipped = service.request("GET", path, headers={"Accept-Encoding": "gzip"})
        assert zipped.headers["Content-Encoding"] == "gzip" and gzip.decompress(zipped.body) == plain.body
        assert plain.headers["ETag"] != zipped.headers["ETag"]
        brotli = service.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
        assert brotli.headers["Content-Encoding"] == "br" and len(brotli.body) < len(zipped.body)
        again = service.request("GET", path, headers={"Accept-Encoding": "gzip", "If-None-Match": zipped.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == zipped.headers["ETag"]
        assert again.headers.get("Content-Length") is None
        other = service.request("GET", path, headers={"Accept-Encoding": "br", "If-None-Match": zipped.headers["ETag"]})
        assert other.status == 200


def test_head_has_the_length_and_no_body(service):
    built(service)
    for path in ("/", "/docs", *assets(service)):
        whole, head = service.request("GET", path), service.request("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(whole.body)


def test_other_methods_and_paths_are_refused_as_everywhere(service):
    built(service)
    assert service.request("POST", "/").status == 405
    for path in ("/page/", "/page/../etc/passwd", "/page/page.js", "/index.html", "/docs/"):
        assert service.request("GET", path).status == 404


def test_no_page_is_served_where_it_is_switched_off(start_service):
    running = start_service("--no-page")
    for path in ("/", "/docs"):
        reply = running.request("GET", path)
        assert (reply.status, reply.json) == (404, {"error": f"no such path: {path}"})
    assert running.request("GET", "/openapi.json").status == 200


def test_an_environment_variable_switches_it_off_too(start_service):
    running = start_service(environment={"FORKJAIL_NO_PAGE": "1"})
    assert running.request("GET", "/").status == 404
