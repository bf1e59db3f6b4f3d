"""The real service, started for tests, and a client that can also send what no library would."""

import contextlib
import dataclasses
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("FORKJAIL_TEST_BUILD", SOURCE / "build"))
BINARY = BUILD / "release/src/forkjail"
NSJAIL = BUILD / "nsjail/nsjail"
GUEST_ROOT = Path(os.environ.get("FORKJAIL_TEST_GUEST_ROOT", BUILD / "guest"))
ISOLATION = os.environ.get("FORKJAIL_TEST_ISOLATION", "auto")  # the same tests at another level


def ordinary_user(uid):
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--inh-caps=-all",
            "--bounding-set=-all"]


# And as an ordinary user: FORKJAIL_TEST_UID=12345.
TEST_UID = os.environ.get("FORKJAIL_TEST_UID")
AS_USER = ordinary_user(TEST_UID) if TEST_UID else []


def let_in(uid, path):
    """Gives a test's folder with what is in it to this user, who must not enter pytest's folders else."""
    folder = next(each for each in Path(path).parents if each.is_dir())
    temporary = Path(tempfile.gettempdir())
    if temporary not in folder.parents:
        return
    for each in (folder, *folder.iterdir()):
        os.chown(each, uid, uid, follow_symlinks=False)
    for each in folder.parents[:folder.parents.index(temporary)]:
        each.chmod(each.stat().st_mode | 0o011)


# And in one that has no Landlock: FORKJAIL_TEST_WITHOUT=landlock.
WITHOUT_LANDLOCK = [sys.executable, SOURCE / "tests/without_landlock.py"]
BEHIND = WITHOUT_LANDLOCK if os.environ.get("FORKJAIL_TEST_WITHOUT") == "landlock" else []

# A command that starts another one where no control groups are to be seen, as in a container that may
# not write to any. Needs root.
WITHOUT_CGROUPS = ("unshare", "--mount", "sh", "-c",
                   'mount -t tmpfs none /sys/fs/cgroup && exec "$@"', "sh")

ANSWER_TIME_MAX_S = 60
CELL_UID_COUNT = 65_536  # each service under test gets a range of its own, found again by it


@dataclasses.dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    elapsed_s: float

    @property
    def json(self):
        return json.loads(self.body)  # json.loads refuses bytes that are not UTF-8

    @property
    def result(self):
        """The value of a run that went well."""
        assert self.status == 200, f"{self.status}: {self.body[:2000]!r}"
        assert set(self.json) >= {"result", "stdout"}, self.json
        return self.json["result"]

    @property
    def error(self):
        """The error line of a run that did not go well."""
        assert self.status != 200, self.body[:2000]
        assert isinstance(self.json["error"], str) and self.json["error"], self.json
        return self.json["error"]

    @property
    def stdout(self):
        return self.json["stdout"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One running service. Its log is a file that failed tests can show."""

    START_TIME_MAX_S = 60

    def __init__(self, *flags, environment=None, isolation=ISOLATION, stderr=subprocess.STDOUT, behind=(),
                 as_user=None, guest_root=GUEST_ROOT):
        """`behind`: a command that starts it with less than this machine has. `as_user`: another uid."""
        self.port = free_port()
        self.children = set()  # its supervisor, known once it is ready
        # Free ports lie within fewer than 30,000 numbers, so that no other service has these ids.
        self.uid_first = 1_000_000 + self.port % 30_000 * CELL_UID_COUNT
        self.log = tempfile.NamedTemporaryFile(prefix="forkjail-test-", suffix=".log", mode="w+b")
        for flag in flags:
            if (uid := as_user or TEST_UID) and str(flag).startswith("/"):
                let_in(int(uid), flag)
        self.process = subprocess.Popen(
            [*(behind or BEHIND), *(ordinary_user(as_user) if as_user else AS_USER), BINARY,
             "--nsjail", NSJAIL, "--guest-root", guest_root,
             "--cell-uid-first", str(self.uid_first), "--isolation", isolation, *flags],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=stderr,
            env={"PATH": os.environ["PATH"], "PORT": str(self.port), **(environment or {})})

    # ---- life ----

    def wait_until_ready(self, warm=True):
        """Until it runs scripts; and, if `warm`, until the quick zygotes that a new service starts with
        are replaced."""
        deadline = time.monotonic() + self.START_TIME_MAX_S
        last = "no connection"
        while time.monotonic() < deadline:
            if ending := self.ending():
                raise RuntimeError(f"the service {ending} ({last}):\n{self.log_text()}")
            try:
                reply = self.request("GET", "/ready", timeout_s=5)
                if reply.status == 200 and (not warm or self.is_warm()):
                    self.children = self.find_children()
                    return self
                last = f"{reply.status} {reply.body!r}"
            except OSError as error:
                last = repr(error)
            time.sleep(0.05)
        raise RuntimeError(f"not ready after {self.START_TIME_MAX_S} s ({last}):\n{self.log_text()}")

    def ending(self):
        """How it ended; None while it lives."""
        return None if self.process.poll() is None else f"ended with {self.process.returncode}"

    def find_children(self):
        return children_of(self.process.pid)

    def is_warm(self):
        flavours = self.request("GET", "/info").json["pool"]["flavours"]
        return all(flavour["warm"] for flavour in flavours.values())

    def has_sessions(self):
        sessions = self.request("GET", "/info").json.get("sessions") or {}
        return sessions.get("checkpoints", False)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Ends it the polite way; returns the exit code."""
        if self.process.poll() is None:
            self.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode

    def log_text(self):
        return Path(self.log.name).read_text(errors="replace")[-20_000:]

    # ---- requests ----

    def request(self, method, path, body=None, headers=None, timeout_s=ANSWER_TIME_MAX_S):
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            content = answer.read()
        return Reply(answer.status, answer.headers, content, time.monotonic() - started)

    def post_json(self, value, path="/execute", **options):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.request("POST", path, body, {"Content-Type": "application/json"}, **options)

    def execute(self, script, **fields):
        return self.post_json({"script": script, **fields})

    def connect(self):
        """A bare connection, for what http.client would not send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_TIME_MAX_S)

    def raw(self, data):
        """Sends bytes as they are and reads until the service closes or falls silent for 5 s."""
        with self.connect() as connection:
            connection.settimeout(5)
            connection.sendall(data)
            received = b""
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                while chunk := connection.recv(65_536):
                    received += chunk
        return received


def wait_for(what, within_s=30):
    """What `what` returns once that is true."""
    deadline = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def filled(running):
    """A service of one run and one waiting place (--running-max 1 --queue-max 1): both are taken."""
    body = json.dumps({"script": "import time\ndef main():\n    time.sleep(20)\n"}).encode()
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(running.connect()).sendall(
                b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        wait_for(lambda: running.request("GET", "/info").json["pool"]["queued"] >= 1, within_s=20)
        yield


# ---- what must not be left on the machine ----

def parent_of(pid):
    """OSError: the process is gone."""
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def children_of(parent):
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if parent_of(process.name) == parent:
                found.add(int(process.name))
    return found


def processes_of(running):
    """{pid: name} of the service's cells and zygotes. Dead ones that wait for init do not count."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            status = dict(line.split(":\t", 1) for line in
                          (entry / "status").read_text().splitlines() if ":\t" in line)
            uid = int(status["Uid"].split()[0])
            orphaned_zombie = status["State"].startswith("Z") and status["PPid"] in ("0", "1")
            if 0 <= uid - running.uid_first < CELL_UID_COUNT and not orphaned_zombie:
                found[int(entry.name)] = status["Name"]
    return found


def zygote_pids(running):
    """What clones the cells, and so is not a child of its like. Found from the service down, since not
    everywhere there are uids for its cells alone."""
    processes = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(") ", 1)
            state, parent = rest.split()[:2]
            if state != "Z":
                processes[int(entry.name)] = ("zygote" in name, int(parent))
    found, level = set(), {running.process.pid}
    while level := {pid for pid, (_, parent) in processes.items() if parent in level}:
        found |= {pid for pid in level if processes[pid][0]}
        level -= found
    return found


def zygotes_of(running):
    """{"light": pid, "full": pid}"""
    found = {}
    for pid in zygote_pids(running):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            found["full" if b"--preload" in command else "light"] = pid
    return found


def cgroups_of(running):
    """Control groups that the service's supervisor made; they carry its process id."""
    names = {f"forkjail-{pid}{part}" for pid in running.children for part in ("", "-service")}
    return sorted(os.path.join(directory, name) for directory, folders, _ in os.walk("/sys/fs/cgroup")
                  for name in folders if name in names)


def jail_mounts():
    """Mounts of a jail that got out into our own mount namespace."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if re.search(r"nsjail|forkjail|/scratch ", line)]


def assert_nothing_left(running, within_s=5):
    """Nothing of an ended service, once what dies asynchronously in the kernel had its time."""
    deadline = time.monotonic() + within_s
    while True:
        left = {"processes": processes_of(running), "cgroups": cgroups_of(running),
                "mounts": jail_mounts()}
        if not any(left.values()):
            return
        assert time.monotonic() < deadline, f"left on the machine: {left}"
        time.sleep(0.1)
