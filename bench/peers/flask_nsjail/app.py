"""Peer: a Flask app that starts one nsjail per request, the usual way to build such a service.

It is written to be fast within that design: nothing touches the disk (script, stdout and result
travel in memory), the interpreter starts with -I -S, the jail mounts only what Python needs. It
answers what bench/run sends, in the shapes of the project's contract, and no more.

With BENCH_PLAIN=1 it is the same service as it is usually written, without these savings: the script in
a file of its own directory, an ordinary start and end of Python, nsjail's own niceness.
"""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from flask import Flask, Response, request

HERE = Path(__file__).resolve().parent
NSJAIL = os.environ["BENCH_NSJAIL"]
SITE_PACKAGES = os.environ["BENCH_SITE_PACKAGES"]
PYTHON = os.environ.get("BENCH_PYTHON", "/usr/bin/python3")

SCRIPT_BYTES_MAX = 102_400
OUTPUT_BYTES_MAX = 1 << 20
WALL_TIME_S = 30
CPU_TIME_S = 10
MEMORY_MB = 128
# An address space of its own is the cheap limit (a cgroup costs the peer time). Python with numpy
# and pandas reserves 160 MB before the script allocates anything.
ADDRESS_SPACE_OF_LIBRARIES_MB = 192

PLAIN = os.environ.get("BENCH_PLAIN") == "1"
PLAIN_DIRECTORY = "/job"  # of the script, in the jail

app = Flask(__name__)


def jail_command(limits, python_command, more=()):
    """`more`: options of nsjail."""
    wall_time_s = max(1, round(limits.get("wall_time_s", WALL_TIME_S)))
    cpu_time_s = max(1, round(limits.get("cpu_time_s", CPU_TIME_S)))
    address_space_mb = ADDRESS_SPACE_OF_LIBRARIES_MB + limits.get("memory_mb", MEMORY_MB)
    command = [NSJAIL, "--mode", "o", "--really_quiet", *more]
    command += ["--user", "65534", "--group", "65534", "--hostname", "jail"]
    command += ["--disable_proc", "--iface_no_lo"]
    for directory in ("/usr", "/lib", "/lib64"):
        if os.path.exists(directory):
            command += ["--bindmount_ro", directory]
    command += ["--bindmount_ro", f"{SITE_PACKAGES}:/site-packages"]
    command += ["--bindmount_ro", f"{HERE}:/runner"]
    command += ["--bindmount_ro", "/dev/urandom", "--bindmount", "/dev/null"]
    command += ["--mount", "none:/tmp:tmpfs:size=67108864", "--cwd", "/tmp"]
    command += ["--time_limit", str(wall_time_s), "--rlimit_cpu", str(cpu_time_s)]
    command += ["--rlimit_as", str(address_space_mb), "--rlimit_fsize", "64"]
    command += ["--rlimit_nofile", "256", "--rlimit_nproc", "64"]
    command += ["--seccomp_policy", str(HERE / "seccomp.kafel")]
    for variable in ("OPENBLAS_NUM_THREADS=1", "LC_ALL=C.UTF-8", "TZ=UTC"):
        command += ["--env", variable]
    return [*command, "--", PYTHON, *python_command]


def run_in_jail(script, limits):
    """Returns (exit status, stdout bytes, result bytes)."""
    script_fd = os.memfd_create("script")
    try:
        os.write(script_fd, script)
        os.lseek(script_fd, 0, os.SEEK_SET)
        return finish(
            lambda result_fd: jail_command(
                limits,
                ["-I", "-S", "-B", "/runner/runner.py", str(script_fd), str(result_fd)],
                ["--nice_level", "0", "--pass_fd", str(script_fd), "--pass_fd", str(result_fd)],
            ),
            [script_fd],
        )
    finally:
        os.close(script_fd)


def run_plainly_in_jail(script, limits):
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        (Path(directory) / "script.py").write_bytes(script)
        return finish(
            lambda result_fd: jail_command(
                limits,
                ["/runner/plain_runner.py", f"{PLAIN_DIRECTORY}/script.py", str(result_fd)],
                ["--bindmount_ro", f"{directory}:{PLAIN_DIRECTORY}", "--env", "PYTHONPATH=/site-packages",
                 "--pass_fd", str(result_fd)],
            )
        )


def finish(command_for, more_fds=()):
    """Runs what command_for(result_fd) says to its end."""
    result_fd = os.memfd_create("result")
    try:
        done = subprocess.run(
            command_for(result_fd),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(result_fd, *more_fds),
            check=False,
        )
        size = os.fstat(result_fd).st_size
        return done.returncode, done.stdout, os.pread(result_fd, size, 0)
    finally:
        os.close(result_fd)


def answer(status, body):
    return Response(json.dumps(body), status=status, mimetype="application/json")


@app.post("/execute")
def execute():
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("script"), str) or not body["script"]:
        return answer(400, {"error": "script must be a non-empty string"})
    script = body["script"].encode()
    if len(script) > SCRIPT_BYTES_MAX:
        return answer(413, {"error": "script is too large"})
    run = run_plainly_in_jail if PLAIN else run_in_jail
    status, stdout, result = run(script, body.get("limits") or {})
    printed = {"stdout": stdout[:OUTPUT_BYTES_MAX].decode(errors="replace")}
    if status != 0 or not result:
        return answer(422, {"error": f"the script was ended (status {status})"} | printed)
    outcome = json.loads(result)
    return answer(200 if "result" in outcome else 422, outcome | printed)


@app.get("/health")
def health():
    return answer(200, {"status": "healthy", "timestamp": time.time()})
