"""A user namespace of few ids, as rootless engines, userns-remap and `hostUsers: false` give: root inside,
and no id above 65,535. The ids of server and cells are chosen inside; too few say so."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from service import BINARY, GUEST_ROOT, ISOLATION, NSJAIL, Service, free_port

FIRST_OUTSIDE = 730_000_000  # nothing else on the machine has these

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to map ids"),
              pytest.mark.skipif(ISOLATION != "auto", reason="has no directory for files of its own")]


class Namespace:
    """A user namespace whose ids from 0 on are the given number of unused ones."""

    def __init__(self, ids):
        self.holder = subprocess.Popen(["unshare", "--user", "sleep", "600"])
        ours = os.readlink("/proc/self/ns/user")
        deadline = time.monotonic() + 10
        while os.readlink(f"/proc/{self.holder.pid}/ns/user") == ours:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{self.holder.pid}/{name}").write_text(f"0 {FIRST_OUTSIDE} {ids}")

    def command(self, *flags):
        return ["nsenter", "--target", str(self.holder.pid), "--user", "unshare", "--mount", "--propagation",
                "private", BINARY, "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT, *flags]

    def close(self):
        self.holder.kill()
        self.holder.wait()


@pytest.fixture
def namespace():
    made = []

    def make(ids):
        made.append(Namespace(ids))
        return made[-1]

    yield make
    for one in made:
        one.close()


class ServiceInside(Service):
    def __init__(self, namespace, *flags):  # pylint: disable=super-init-not-called
        self.port = free_port()
        self.children = set()
        self.log = tempfile.NamedTemporaryFile(prefix="forkjail-test-", suffix=".log", mode="w+b")
        self.process = subprocess.Popen(
            namespace.command(*flags), stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "PORT": str(self.port)})


def test_it_serves_with_ids_chosen_inside(namespace):
    running = ServiceInside(namespace(65_536))
    try:
        running.wait_until_ready()
        seen = running.execute("import os\ndef main():\n    return os.getuid()").result
        assert seen >= 1_000
        layers = {layer["name"]: layer["state"]
                  for layer in running.request("GET", "/info").json["isolation"]["layers"]}
        assert layers["own uid"] == "on"
        assert "in this user namespace the server runs as uid 64999, the cells use ids 48615 to 64998" \
            in running.log_text()
    finally:
        assert running.stop() == 0


@pytest.mark.parametrize(("ids", "flags", "why"), [
    (1, [], "user namespace: it has the ids 0: none is left for the server"),
    (2_000, [], "user namespace: it has too few ids: the cells need "),
    (65_536, ["--cell-uid-first", "100000"], "--cell-uid-first 100000 (up to "),
    (65_536, ["--server-uid", "65000", "--cell-uid-first", "64999"], "--cell-uid-first 64999 (up to "),
])
def test_ids_that_are_not_there_end_the_start(namespace, ids, flags, why):
    inside = namespace(ids)
    environment = {"PATH": os.environ["PATH"], "PORT": str(free_port())}
    done = subprocess.run(inside.command(*flags), capture_output=True, text=True, check=False, timeout=30,
                          env=environment)
    assert done.returncode == 2, done.stderr
    assert f"cannot serve: {why}" in done.stderr.splitlines()[-1]
    found = subprocess.run([*inside.command("doctor"), *flags], capture_output=True, text=True, check=False,
                           timeout=30, env=environment)
    assert found.returncode == 1 and "MISSING  user and group ids: " in found.stdout, found.stdout
