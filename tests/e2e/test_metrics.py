"""GET /metrics against docs/operations.md, and what the numbers say after known runs."""

import re
from pathlib import Path

OPERATIONS = Path(__file__).resolve().parent.parent.parent / "docs/operations.md"
ROW = re.compile(r"^\| `(forkjail_\w+)` \| (\w+) \|([^|]*)\|", re.MULTILINE)
SAMPLE = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')


def page(service):
    reply = service.request("GET", "/metrics")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    return reply.body.decode()


def samples(service):
    """{(name, labels): value}"""
    found = {}
    for line in page(service).splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            pairs = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels or "")))
            assert (name, pairs) not in found, f"twice: {line}"
            found[name, pairs] = float(value)
    return found


def value(found, name, **labels):
    return found[name, tuple(sorted(labels.items()))]


def test_docs_and_page_name_the_same_metrics(service):
    documented = {name: kind for name, kind, _ in ROW.findall(OPERATIONS.read_text())}
    served = dict(re.findall(r"^# TYPE (\w+) (\w+)$", page(service), re.MULTILINE))
    assert served == documented


def test_docs_name_every_label(service):
    documented = {name: set(re.findall(r"`(\w+)`", labels))
                  for name, _, labels in ROW.findall(OPERATIONS.read_text())}
    for (name, pairs), _ in samples(service).items():
        base = re.sub(r"_(bucket|sum|count)$", "", name) if name not in documented else name
        assert {label for label, _ in pairs} - {"le"} == documented[base], name


def test_names_carry_their_units(service):
    for name, kind, _ in ROW.findall(OPERATIONS.read_text()):
        assert name.endswith("_total") == (kind == "counter"), name
        assert kind != "histogram" or name.endswith("_seconds"), name


def test_runs_are_counted_by_outcome(service):
    before = samples(service)
    service.execute("def main():\n    return 1\n")
    service.execute("def main():\n    return 1 / 0\n")
    service.execute("def main(:\n")
    after = samples(service)
    for outcome in ("returned", "exception", "syntax"):
        name = "forkjail_runs_total"
        assert value(after, name, outcome=outcome) == value(before, name, outcome=outcome) + 1
    for name in ("forkjail_run_duration_seconds", "forkjail_run_cpu_seconds",
                 "forkjail_run_queue_seconds"):
        assert value(after, name + "_count") == value(before, name + "_count") + 3
        assert value(after, name + "_bucket", le="+Inf") == value(after, name + "_count")


def test_cpu_time_of_a_run_is_seen(service):
    before = value(samples(service), "forkjail_run_cpu_seconds_sum")
    script = ("import time\ndef main():\n    end = time.process_time() + 0.3\n"
              "    while time.process_time() < end:\n        pass\n")
    assert service.execute(script).status == 200
    spent = value(samples(service), "forkjail_run_cpu_seconds_sum") - before
    assert 0.25 < spent < 5


def test_refused_system_calls_are_counted_by_name(service):
    script = ("import ctypes\ndef main():\n    ctypes.CDLL(None).unshare(0x10000000)\n"
              "    ctypes.CDLL(None).unshare(0x10000000)\n")
    name = "forkjail_refused_syscalls_total"
    before = samples(service).get((name, (("syscall", "unshare"),)), 0)
    service.execute(script)
    assert value(samples(service), name, syscall="unshare") == before + 1  # runs, not calls


def test_slots_show_what_is_in_use(start_service):
    import threading
    running = start_service("--running-max", "2", "--queue-max", "0")
    started = threading.Event()

    def hold():
        started.set()
        running.execute("import time\ndef main():\n    time.sleep(2)\n")

    holders = [threading.Thread(target=hold) for _ in range(2)]
    for holder in holders:
        holder.start()
    wait_until(lambda: value(samples(running), "forkjail_slots_used") == 2)
    found = samples(running)
    assert value(found, "forkjail_slots") == 2
    assert value(found, "forkjail_slots_used_ratio") == 1
    assert sum(value(found, "forkjail_cells", flavour=flavour, stage="in_use")
               for flavour in ("light", "full")) == 2
    assert running.execute("def main():\n    return 1\n").status == 503
    found = samples(running)
    assert value(found, "forkjail_refusals_total", reason="queue_full") == 1
    assert value(found, "forkjail_http_responses_total", **{"class": "5xx"}) >= 1
    for holder in holders:
        holder.join()
    # A slot is free half a millisecond after its answer, so that the client comes first.
    wait_until(lambda: value(samples(running), "forkjail_slots_used_ratio") == 0)


def wait_until(condition):
    import time
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_isolation_is_that_of_info(service):
    isolation = service.request("GET", "/info").json["isolation"]
    found = samples(service)
    assert value(found, "forkjail_isolation_level", level=isolation["level"]) == 1
    for layer in isolation["layers"]:
        state = layer["state"]
        assert value(found, "forkjail_isolation_layer", layer=layer["name"], state=state) == 1
    assert value(found, "forkjail_ready") == 1


def test_a_new_zygote_is_a_restart(start_service):
    running = start_service("--zygote-runs-max", "3")
    for _ in range(6):
        running.execute("def main():\n    return 1\n")
    wait_until(lambda: value(samples(running), "forkjail_zygote_restarts_total") >= 1)
    assert value(samples(running), "forkjail_zygote_failures_total") == 0
