"""The two commands of the seed, to the letter, by a real dockerd."""

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent
PORT = 8080
SCRIPT = 'def main():\n    return {"message": "Hello from local Docker!"}'


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def ask(method, path, body=None):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)) as connection:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def wait_until_ready(client):
    for _ in range(300):
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            if ask("GET", "/ready")[0] == 200:
                return
        assert client.poll() is None, client.returncode
        time.sleep(0.2)
    pytest.fail("not ready")


def test_the_seeds_commands_build_and_run(engine):
    if engine.command != "docker":
        pytest.skip("the commands name docker; ./test docker runs them")
    if not is_free(PORT):
        pytest.skip(f"port {PORT} of this machine is taken")
    # Nothing is downloaded: ./test has built it already, on a network that a daemon without firewall has.
    subprocess.run("docker build -t python-executor .".split(), cwd=SOURCE, check=True, timeout=100)
    with subprocess.Popen("docker run -p 8080:8080 python-executor".split()) as client:
        try:
            wait_until_ready(client)
            assert ask("GET", "/health")[0] == 200
            body = json.dumps({"script": SCRIPT})
            assert ask("POST", "/execute", body) == (
                200, {"result": {"message": "Hello from local Docker!"}, "stdout": ""})
        finally:
            client.send_signal(signal.SIGTERM)
        assert client.wait(timeout=60) == 0
