"""What a session's scripts can try against its keeper, its other states, other sessions and the service.
The battery itself runs in sessions, too: test_the_battery_holds_in_sessions."""

import concurrent.futures
import json
import subprocess
import time

import pytest

from attacks.judge import CASES_DIRECTORY
from attacks.sessions import LIMITS
from service import ANSWER_TIME_MAX_S, BINARY

LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


def settled(count, wanted, time_max_s=5):
    deadline = time.monotonic() + time_max_s
    while (found := count()) > wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


# --- processes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [
    "libc.fork()", "libc.vfork()", "libc.syscall(56, 17, 0, 0, 0, 0)",
    "libc.syscall(56, 0x01200011, 0, 0, 0, 0)", "libc.syscall(56, 0x01208000, 0, 0, 0, 0)",
    "libc.syscall(57)", "libc.syscall(58)", "libc.syscall(435, 0, 0)", "libc.syscall(56, 0x20011, 0, 0, 0, 0)",
])
def test_no_clone_makes_a_process(session, call):
    before = session.processes()
    assert session(LIBC + f"[{call} for _ in range(20)]").result == [-1] * 20
    assert settled(session.processes, before + 1) <= before + 1  # the copy of the state


def test_clones_in_the_moment_of_a_checkpoint_make_no_process(session):
    """Threads that a run has left go on cloning while the keeper lets its own copy through."""
    script = LIBC + """
import threading
def clone_on():
    while True:
        for flags in (17, 0x01200011, 0x01208000):
            if libc.syscall(56, flags, 0, 0, 0, 0) == 0:
                while True: pass  # we are a process
for _ in range(4): threading.Thread(target=clone_on, daemon=True).start()
"""
    session("x = 1")
    before = session.processes()
    for number in range(10):
        session(script if number == 0 else "1")
    # Ten states more at the most, and no process that burns.
    assert session.processes() <= before + 10
    assert session("x").result == 1


def test_asking_the_keeper_for_an_order_gives_nothing(session):
    """The call by which a state waits, made by a script and by its threads."""
    session("x = 1")
    reply = session(LIBC + "libc.syscall(324, 0, ctypes.c_uint64(0x66a70b517e3dc94f), 0, 0, 0)\nx = 2\n1")
    assert reply.status in (200, 422)
    threads = LIBC + """
import threading
found = []
def ask(): found.append(libc.syscall(324, 0, ctypes.c_uint64(0x66a70b517e3dc94f), 0, 0, 0))
ts = [threading.Thread(target=ask) for _ in range(8)]
[t.start() for t in ts]; [t.join() for t in ts]
found
"""
    assert session(threads).result == [-1] * 8
    assert session("x").result in (1, 2)


def test_the_keeper_and_the_other_states_cannot_be_signalled_or_traced(session):
    session("x = 1")
    result = session(LIBC + """
import signal
found = set()
for pid in [*range(1, 40), -1, 0]:
    if pid == os.getpid(): continue
    for number in (0, signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT):
        try: os.kill(pid, number); found.add(pid)
        except PermissionError: pass
for call in (101, 310, 311, 434, 438, 424):  # ptrace, process_vm_*, pidfd_open, pidfd_getfd, send_signal
    for pid in range(1, 10): 
        if libc.syscall(call, 16 if call == 101 else pid, pid, 0, 0, 0, 0) >= 0: found.add((call, pid))
sorted(map(str, found))
""").result
    assert result == []
    assert session("x").result == 1


def test_a_full_queue_of_notifications_delays_only_its_own_session(session, service):
    session("x = 1")
    script = LIBC + """
import threading
def kill_on():
    while True: libc.kill(1, 0)
for _ in range(30): threading.Thread(target=kill_on, daemon=True).start()
"""
    session(script)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [pool.submit(session, "x") for _ in range(3)]
        hello = [service.execute("def main(): return 1").result for _ in range(10)]
        assert hello == [1] * 10
        assert all(run.result().status in (200, 422) for run in runs)


def test_closing_every_descriptor_harms_only_that_run(session):
    session("x = 1")
    assert session("import os\nfor fd in range(256):\n    try: os.close(fd)\n    except OSError: pass").status == 422
    assert session("x").result == 1


FORGE = """import os, struct, threading
def forge():
    while True:
        try: os.write(3, struct.pack('<II', 4, 4) + b'"no"')
        except BaseException: pass
"""


@pytest.mark.parametrize("start", ["threading.Thread(target=forge, daemon=True).start()", "forge()"])
def test_a_reply_in_the_name_of_another_state_is_none(session, start):
    """Bytes that a run leaves in the reply pipe are not the next run's answer, also where it never ends."""
    session("x = 1")
    session(FORGE + start)
    for _ in range(2):
        assert session("x").status in (200, 404, 422)
    # The first state knows no x; or the session has ended, because it was tampered with.
    assert session("x", **{"from": session.first}).status in (404, 422)


def test_a_run_that_has_replied_and_never_ends_does_not_keep_the_other_states(session):
    session("x = 1")
    assert session(FORGE + "forge()").result == "no"
    reply = session("'x' in globals()", **{"from": session.first})
    assert reply.result is False
    assert reply.elapsed_s < 8


@pytest.mark.parametrize("hook", [
    "import os\nos.register_at_fork(before=lambda: time.sleep(60))",
    "import io, sys\nclass Slow(io.BufferedIOBase):\n    raw = property(lambda self: time.sleep(60))\n"
    "    writable = lambda self: True\nsys.__stdout__.__init__(Slow())",
], ids=["fork hook", "stream"])
def test_a_script_that_hangs_while_its_state_is_kept_loses_that_state_alone(session, hook):
    kept = session("x = 1").json["state"]
    time.sleep(0.2)
    session("import time\n" + hook)
    reply = session("x", **{"from": kept})
    assert reply.result == 1, reply.body
    assert session("x += 1\nx").result == 2


# --- time and memory -----------------------------------------------------------------------------


def test_native_code_that_computes_between_runs_is_ended(session, service):
    session("import hashlib, threading\nx = 1\n"
            "def burn():\n    while True: hashlib.pbkdf2_hmac('sha256', b'', b'', 10_000_000)\n"
            "threading.Thread(target=burn, daemon=True).start()")
    time.sleep(4)
    assert session("import threading\n[x, threading.active_count()]").result[0] == 1
    state = service.request("GET", session.path).json
    assert state["memory_mb"] > 0


def test_memory_of_all_states_is_one_number(session):
    sizes = []
    for number in range(12):
        reply = session(f"a{number} = bytearray(40 << 20)\nfor i in range(0, 40 << 20, 4096): a{number}[i] = 1")
        sizes.append(reply.status)
        if reply.status != 200:
            break
    assert 422 in sizes, "480 MB in a session of 256"
    assert session("'a0' in globals()").result is True


def test_memory_that_is_used_up_at_once_leaves_the_state(session):
    session("x = [1, 2, 3]")
    reply = session("x.append(bytearray(10))\na = []\nwhile True: a.append(bytearray(1 << 20))")
    assert reply.status == 422
    assert "memory" in reply.error.lower()
    assert session("x[:3]").result == [1, 2, 3]


def test_a_thousand_states_leave_nothing_behind(session):
    before = None
    for number in range(300):
        assert session("x = globals().get('x', 0) + 1").status == 200
        if number == 20:
            before = session.processes()
    assert session("x").result == 300
    assert settled(session.processes, before + 1) <= before + 1


# --- files ---------------------------------------------------------------------------------------


def test_links_in_the_working_directory_show_no_file_of_the_host(session, service):
    session("import os\nfor name, to in (('a', '/etc/passwd'), ('b', '/proc/1/maps'), ('c', '/'), ('d', '..')):\n"
            "    os.symlink(to, name)\nos.mkfifo('f') if hasattr(os, 'mkfifo') and False else None\n"
            "open('real', 'w').write('mine')")
    listed = {file["path"] for file in service.request("GET", f"{session.path}/files").json["files"]}
    assert listed == {"real"}
    for path in ("a", "b", "c/etc/passwd", "d/tmp", "../real", "%2e%2e/real", "/etc/passwd"):
        reply = service.request("GET", f"{session.path}/files/{path}")
        assert reply.status in (400, 404), (path, reply.status, reply.body[:200])
    assert service.request("GET", f"{session.path}/files/real").body == b"mine"


def test_a_link_that_changes_while_it_is_read_shows_nothing(session, service):
    session("import os, threading\nopen('real', 'w').write('mine')\n"
            "def swap():\n"
            "    while True:\n"
            "        os.symlink('/etc/passwd', 'l'); os.rename('l', 'x')\n"
            "        open('l', 'w').write('mine'); os.rename('l', 'x')\n"
            "threading.Thread(target=swap, daemon=True).start()")
    for _ in range(20):
        reply = service.request("GET", f"{session.path}/files/x")
        assert reply.status in (200, 404) and b"root:" not in reply.body


def test_a_run_that_is_killed_leaves_no_file(session, service):
    session("open('a', 'w').write('before')")
    session("open('a', 'w').write('after'); open('b', 'w').write('new')\nimport ctypes\nctypes.string_at(0)")
    assert service.request("GET", f"{session.path}/files/a").body == b"before"
    assert service.request("GET", f"{session.path}/files/b").status == 404


# --- others' sessions ----------------------------------------------------------------------------


@pytest.mark.parametrize("change", [lambda n: n[:-1] + ("0" if n[-1] != "0" else "1"), lambda n: n.upper() + "x",
                                    lambda n: n[:-1], lambda n: n + "%00", lambda n: "../" + n, lambda n: "*"])
def test_a_guessed_name_opens_no_session(session, service, change):
    reply = service.post_json({"script": "1"}, path=f"/sessions/{change(session.name)}/execute")
    assert reply.status in (400, 404, 421), reply.body


def test_sessions_do_not_share_their_numbers(session, service):
    other = service.post_json({}, path="/sessions").json
    assert other["session"] != session.name
    for name in (session.name, other["session"]):
        assert len(name.rsplit(".", 1)[-1]) >= 32
    service.request("DELETE", f"/sessions/{other['session']}")


def test_execute_interrupt_and_delete_may_race(session, service):
    for _ in range(5):
        name = service.post_json({}, path="/sessions").json["session"]
        path = f"/sessions/{name}"
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(service.post_json, {"script": "while True: pass", "limits": LIMITS},
                                 path=f"{path}/execute") for _ in range(3)]
            time.sleep(0.05)
            calls += [pool.submit(service.post_json, {}, path=f"{path}/interrupt") for _ in range(2)]
            calls.append(pool.submit(service.request, "DELETE", path))
            statuses = {call.result().status for call in calls}
        assert statuses <= {200, 202, 204, 404, 409, 422, 499, 503}, statuses
        assert service.request("GET", path).status == 404


# --- the whole battery ---------------------------------------------------------------------------


DIFFERENT_IN_SESSIONS = {
    "touching_every_shared_page_is_charged": "the peak of memory is the session's, and not told for a run",
    "no_limit_can_be_raised": "RLIMIT_CPU counts a process, which runs many scripts: the keeper counts each run",
    "no_function_of_the_c_library_starts_a_process": "a state has children: its kept copies, which sleep",
}


@pytest.mark.timeout(1_600)  # over 200 scripts, one after the other
def test_the_battery_holds_in_sessions(start_service):
    """Every case in a session of its own, with the memory that a plain run has."""
    service = start_service("--session-memory-max", "128")
    if not service.has_sessions():
        pytest.skip("needs: sessions")
    done = subprocess.run(
        [BINARY, "attack", "--json", "--in-sessions", "--cases", CASES_DIRECTORY, "--timeout",
         str(ANSWER_TIME_MAX_S), "--url", f"http://127.0.0.1:{service.port}"],
        stdout=subprocess.PIPE, text=True, check=False, timeout=1500)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    cases = [line for line in lines if "verdict" in line and "companion" not in line and "name" in line]
    assert len(cases) > 200
    failed = {line["name"]: line["seen"] for line in cases if line["verdict"] not in ("held", "weaker")}
    assert failed.keys() - DIFFERENT_IN_SESSIONS.keys() == set(), failed
