"""`forkjail attack` against deployments that are made up, so that each verdict and each way to reach one
is tested; tests/attacks has the battery against the real service."""

import contextlib
import http.server
import json
import os
import ssl
import subprocess
import threading
import time

import pytest

from service import BINARY, SOURCE

INFO = {"isolation": {"level": "full", "layers": []}, "pool": {"parked_target": 0},
        "limits": {"wall_time_s": 30, "cpu_time_s": 10}}
HELD = (200, {"result": {"held": True, "saw": "EPERM"}, "stdout": ""})
OF_MEMORY = (422, {"error": "memory limit exceeded", "stdout": "", "details": {"kind": "memory"}})
PLAIN = (200, {"result": 42, "stdout": "out\n"})
LATE = 2.0


class Deployment:
    """Answers an attack with `answer` after `attack_s`, and honest scripts rightly after `honest_s`."""

    def __init__(self, answer=HELD, attack_s=0.0, honest_s=0.0, header=None, plain=PLAIN):
        self.answer = answer
        self.plain = plain  # what a plain script is answered after each attack
        self.attack_s = attack_s
        self.honest_s = honest_s
        self.header = header  # (name, value): 401 without it
        self.limits = []  # of each attack that came

    def reply(self, path, headers, body):
        if self.header and headers.get(self.header[0]) != self.header[1]:
            return 401, {"error": "who are you?"}
        if path == "/info":
            return 200, INFO
        request = json.loads(body)
        for honest, result in (("return 42", 42), ("range(3_000_000)", 10_500_000)):
            if honest in request["script"]:
                time.sleep(self.honest_s)
                return 200, {"result": result, "stdout": "", "usage": {"cpu_ms": 1.0}}
        if "6 * 7" in request["script"]:
            return self.plain
        self.limits.append(request["limits"])
        time.sleep(self.attack_s)
        return self.answer


@contextlib.contextmanager
def serving(deployment, certificate=None):
    """The port that it listens on."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = deployment.reply(self.path, self.headers, body)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = answer  # noqa: N815  (as http.server calls them)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # Handshakes in the threads of the connections: one that fails must not end the server.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def cases(tmp_path):
    """cases(EXPECTATION): a directory with one case that expects this."""
    def write(expectation):
        (tmp_path / "prelude.py").write_text("")
        (tmp_path / "001_it.py").write_text(
            f"# attack: 1\n# name: it_is_refused\n# expect: {expectation}\ndef main():\n    pass\n")
        return tmp_path

    return write


def attack(url, directory, *flags, headers=None, names=""):
    environment = {"PATH": os.environ["PATH"]}
    if headers:
        environment["FORKJAIL_ATTACK_HEADERS"] = headers
    return subprocess.run([BINARY, "attack", "--url", url, "--cases", directory, *flags], check=False,
                          capture_output=True, text=True, timeout=60, env=environment, input=names)


def attack_one(deployment, directory, *flags, headers=None):
    with serving(deployment) as port:
        return attack(f"http://127.0.0.1:{port}", directory, *flags, headers=headers)


def test_what_is_as_expected_held(cases):
    done = attack_one(Deployment(), cases("held within=9"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("held ") and "EPERM" in done.stdout
    assert "1 held, 0 weaker by design, 0 late, 0 FAILED" in done.stdout


@pytest.mark.parametrize("plain", [
    (503, {"error": "busy"}), (200, {"result": 42, "stdout": ""}), (200, {"result": 42, "stdout": "out\n", "x": 1}),
], ids=["refused", "output", "shape"])
def test_a_service_that_was_harmed_is_a_failure(cases, plain):
    done = attack_one(Deployment(plain=plain), cases("held"))
    assert done.returncode == 1 and "no longer answers a plain script" in done.stdout, done.stdout


def test_runs_that_return_the_same_do_not_differ(cases):
    deployment = Deployment()
    done = attack_one(deployment, cases("differs"))
    assert done.returncode == 1 and "missed differs" in done.stdout, done.stdout
    assert len(deployment.limits) == 3


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_json_is_a_line_for_each_companion_and_case_and_a_summary(cases):
    directory = cases("held")
    case = directory / "001_it.py"
    case.write_text(case.read_text().replace("def main", "# next: held\ndef main", 1))
    case.with_suffix(".next.py").write_text("")
    done = attack_one(Deployment(), directory, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    after, it, summary = lines_of(done)
    assert (after["companion"], after["verdict"], after["runs"], after["seen"]) == ("next", "held", 2, "EPERM")
    assert (it["name"], it["numbers"], it["verdict"], it["tries"]) == ("it_is_refused", [1], "held", 1)
    assert summary["summary"] == {"held": 1, "weaker": 0, "late": 0, "failed": 0}
    assert (summary["level"], summary["exit_status"]) == ("full", 0)


def test_cases_can_be_named_one_after_the_other(cases):
    deployment = Deployment()
    with serving(deployment) as port:
        done = attack(f"http://127.0.0.1:{port}", cases("held"), "--json", "--from-stdin",
                      names="it_is_refused\nit_is_refused\n")
        unknown = attack(f"http://127.0.0.1:{port}", cases("held"), "--from-stdin", names="it_is\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.get("verdict") for line in lines_of(done)] == ["held", "held", None]
    assert unknown.returncode == 2 and "no case is named it_is" in unknown.stderr, unknown.stderr


def test_every_case_of_the_battery_can_be_listed():
    done = subprocess.run([BINARY, "attack", "--list", "--cases", SOURCE / "tests/attacks/cases"], check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 200, done.stderr


def test_a_failure_says_which_condition_was_missed(cases):
    done = attack_one(Deployment(OF_MEMORY), cases("status=422 kind=cpu_time within=9"))
    assert done.returncode == 1, done.stdout
    assert done.stdout.startswith("FAILED ") and "missed kind=cpu_time: memory: memory limit" in done.stdout


def test_a_missed_time_bound_alone_is_late(cases):
    deployment = Deployment(attack_s=LATE)
    done = attack_one(deployment, cases("held within=0.05"))
    assert done.returncode == 3, done.stdout
    assert done.stdout.startswith("late ") and "missed within=0.05" in done.stdout, done.stdout
    assert "0 held, 0 weaker by design, 1 late, 0 FAILED" in done.stdout
    assert len(deployment.limits) == 2  # tried a second time


def test_a_missed_bound_beside_another_condition_is_a_failure(cases):
    done = attack_one(Deployment(OF_MEMORY, attack_s=LATE), cases("kind=cpu_time within=0.05"))
    assert done.returncode == 1, done.stdout
    assert "missed kind=cpu_time, within=0.05" in done.stdout


def test_bounds_and_limits_are_longer_where_honest_scripts_take_longer(cases):
    deployment = Deployment(attack_s=LATE, honest_s=1.5)  # six times a quiet machine's 0.25 s
    done = attack_one(deployment, cases("held within=0.5"))
    assert done.returncode == 0, done.stdout
    assert deployment.limits[0]["wall_time_s"] == 30  # 10 times 6, as far as the service allows
    assert deployment.limits[0]["cpu_time_s"] == 5  # no more of it was needed


def test_headers_come_from_flags_and_from_the_environment(cases):
    deployment = Deployment(header=("X-Key", "s3cret"))
    directory = cases("held")
    without = attack_one(deployment, directory)
    assert without.returncode == 2 and "401" in without.stderr
    assert attack_one(deployment, directory, "--header", "X-Key: s3cret").returncode == 0
    assert attack_one(deployment, directory, headers="X-Other: 1\nX-Key: s3cret\n").returncode == 0
    wrong = attack_one(deployment, directory, headers="Content-Length: s3cret")
    assert wrong.returncode == 2 and "Content-Length" in wrong.stderr and "s3cret" not in wrong.stderr


# ---- https ----

@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """For 127.0.0.1, by itself; key and certificate in one file."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", path, "-out", path.with_suffix(".crt")], check=True, capture_output=True)
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def test_https_is_verified_unless_told_otherwise(cases, certificate):
    directory = cases("held")
    with serving(Deployment(), certificate) as port:
        url = f"https://127.0.0.1:{port}"
        unknown = attack(url, directory)
        assert unknown.returncode == 2 and "not trusted" in unknown.stderr, unknown.stderr
        known = attack(url, directory, "--ca-file", certificate)
        assert known.returncode == 0, known.stdout + known.stderr
        insecure = attack(url, directory, "--insecure")
        assert insecure.returncode == 0 and "--insecure" in insecure.stderr


def test_https_wants_a_certificate_for_that_very_host(cases, certificate):
    with serving(Deployment(), certificate) as port:
        done = attack(f"https://localhost:{port}", cases("held"), "--ca-file", certificate)
    assert done.returncode == 2 and "hostname mismatch" in done.stderr.lower(), done.stderr


def test_the_service_itself_links_no_tls():
    """forkjail-attack does; what serves has no use for its code."""
    def libraries(binary):
        return subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout

    assert "libssl" in libraries(BINARY.with_name("forkjail-attack"))
    assert "libssl" not in libraries(BINARY) and "libcrypto" not in libraries(BINARY)


@pytest.mark.parametrize("flags", [["--insecure"], ["--no-such-flag"], ["--header", "X"], ["--timeout", "0"]])
def test_a_wrong_flag_ends_it_with_status_2(cases, flags):
    done = attack("http://127.0.0.1:9", cases("held"), *flags)
    assert done.returncode == 2 and flags[0] in done.stderr, done.stderr
