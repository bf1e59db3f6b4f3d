"""A real Kubernetes control plane on loopback: etcd, the API server and its controllers, but no node, so
no Pod ever runs. ./test builds the programs, since that takes longer than any test may."""

import contextlib
import json
import os
import secrets
import subprocess
import time
from pathlib import Path

from service import BUILD, free_port

PROGRAMS = BUILD / "apiserver/bin"
START_TIME_MAX_S = 90
DONE_TIME_MAX_S = 60
END_TIME_MAX_S = 20


def wait_until(reached, what, time_max_s=DONE_TIME_MAX_S):
    """What `reached` returned, once it is neither false nor empty."""
    deadline = time.monotonic() + time_max_s
    while not (found := reached()):
        assert time.monotonic() < deadline, f"still not so after {time_max_s} s: {what}"
        time.sleep(0.2)
    return found


class Program:
    """One process of it, with its output in a file. It does not outlive the tests, however these end."""

    def __init__(self, directory, name, *flags):
        self.name = name
        self.log = directory / f"{name}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", PROGRAMS / name, *flags], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=directory, env={"PATH": os.environ["PATH"]})

    def assert_alive(self):
        assert self.process.poll() is None, f"{self.name} ended:\n{self.log.read_text()[-3_000:]}"

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(END_TIME_MAX_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Cluster:
    """Admission plugins are the server's own defaults, Pod Security among them: no flag names any."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.config = directory / "kubeconfig"
        self.programs = []
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self.stop)
            self._start_server(f"http://127.0.0.1:{self._start_etcd()}")
            self._start("kube-controller-manager", "--kubeconfig", self.config, "--leader-elect=false",
                        "--secure-port=0", "--service-account-private-key-file", self.key)
            on_failure.pop_all()

    def _start(self, name, *flags):
        self.programs.append(Program(self.directory, name, *map(str, flags)))

    def _start_etcd(self):
        port, peers = free_port(), free_port()
        self._start(
            "etcd", "--data-dir", self.directory / "etcd",
            "--listen-client-urls", f"http://127.0.0.1:{port}",
            "--advertise-client-urls", f"http://127.0.0.1:{port}",
            "--listen-peer-urls", f"http://127.0.0.1:{peers}",
            "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
            "--initial-cluster", f"default=http://127.0.0.1:{peers}")
        return port

    def _start_server(self, etcd):
        port, token, tokens = free_port(), secrets.token_hex(16), self.directory / "tokens"
        self.key = self.directory / "service-accounts.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, capture_output=True,
                       timeout=DONE_TIME_MAX_S)
        tokens.touch(mode=0o600)
        tokens.write_text(f"{token},tests,tests,system:masters\n")
        self._start(
            "kube-apiserver", "--etcd-servers", etcd,
            "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", port,
            "--endpoint-reconciler-type", "none", "--cert-dir", self.directory / "server",
            "--authorization-mode", "RBAC", "--token-auth-file", tokens, "--allow-privileged",
            "--service-account-issuer", "https://127.0.0.1", "--service-account-key-file", self.key,
            "--service-account-signing-key-file", self.key,
            "--service-cluster-ip-range", "10.96.0.0/16")
        certificate = self.directory / "server/apiserver.crt"
        self._wait(certificate.exists, "the API server's certificate")
        self.config.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": {
                "server": f"https://127.0.0.1:{port}", "certificate-authority": str(certificate)}}],
            "users": [{"name": "tests", "user": {"token": token}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}]}))
        self._wait(lambda: self.ask("get", "--raw", "/readyz").stdout == "ok", "the API server is ready")

    def _wait(self, reached, what):
        def alive_and_reached():
            for program in self.programs:
                program.assert_alive()
            return reached()
        wait_until(alive_and_reached, what, START_TIME_MAX_S)

    def ask(self, *arguments, document=None):
        """kubectl, whatever comes of it. A document goes to its standard input."""
        return subprocess.run(
            [PROGRAMS / "kubectl", "--kubeconfig", self.config, "--request-timeout=30s", *arguments],
            input=json.dumps(document) if document else "", capture_output=True, text=True,
            timeout=2 * DONE_TIME_MAX_S,
            env={"PATH": os.environ["PATH"], "HOME": str(self.directory)})

    def kubectl(self, *arguments, document=None):
        """kubectl that does it and says nothing against it: a warning of the server's is a failure."""
        answer = self.ask("--warnings-as-errors", *arguments, document=document)
        assert (answer.returncode, answer.stderr) == (0, ""), answer
        return answer.stdout

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output=json"))

    def stop(self):
        while self.programs:  # the last one first: none may see its server go
            self.programs.pop().stop()
