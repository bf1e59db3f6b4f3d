"""The two commands of the seed, to the letter, by a real dockerd."""

import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from service import Service

SOURCE = Path(__file__).resolve().parent.parent.parent
PORT = 8080
SCRIPT = 'def main():\n    return {"message": "Hello from local Docker!"}'


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Client(Service):
    """The `docker run` in the foreground, which passes signals on and ends with its container's status."""

    def __init__(self, command):
        self.port = PORT
        self.log = tempfile.NamedTemporaryFile(prefix="forkjail-test-", suffix=".log")
        self.process = subprocess.Popen(command.split(), stdout=self.log, stderr=subprocess.STDOUT)


def test_the_seeds_commands_build_and_run(engine):
    if engine.command != "docker":
        pytest.skip("the commands name docker; ./test docker runs them")
    if not is_free(PORT):
        pytest.skip(f"port {PORT} of this machine is taken")
    # Nothing is downloaded: ./test has built it already, on a network that a daemon without firewall has.
    subprocess.run("docker build -t python-executor .".split(), cwd=SOURCE, check=True, timeout=100)
    client = Client("docker run -p 8080:8080 python-executor")
    try:
        client.wait_until_ready(warm=False)
        assert client.request("GET", "/health").status == 200
        reply = client.execute(SCRIPT)
        assert (reply.status, reply.json) == (
            200, {"result": {"message": "Hello from local Docker!"}, "stdout": ""})
    finally:
        code = client.stop()
    assert code == 0
