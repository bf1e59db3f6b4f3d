"""The battery as data: reads the case files under cases/ and judges what a run answered.

A case is a hostile script behind comment lines `# key: value`:

    # attack: 33, 34             the numbers that it covers
    # name: io_uring_is_refused  what must be observed
    # expect: held | kind=memory alternatives; each a list of conditions that all must hold
    # expect-fallback: weaker -- why       where less isolation means less: the weaker outcome, in words
    # expect-without-chroot: weaker -- why  the same for the fallback that has Landlock alone
    # limits: {"wall_time_s": 5}           the run's limits, to keep the battery quick
    # request: {"stdin": "..."}            other members of the request
    # next: held                 CASE.next.py runs after it, in new cells, and must answer this
    # peer: held                 CASE.peer.py runs beside it, in another cell, and must answer this

Conditions: `held` and `weaker` (main() returned an object with that member true), `differs` (three
runs share no member), status=N, kind=NAME, result=JSON without blanks, error~WORD, stdout~WORD,
within=SECONDS, peak_mb=LEAST. src/attack/ reads the same files the same way.

On a loaded or an emulated machine an honest share of time is longer, so limits and bounds in seconds
are multiplied by how slow the place is, as two honest scripts show it. A run that did as expected but
for a time bound is late: neither held nor fallen.
"""

import dataclasses
import enum
import json
import re
from pathlib import Path

CASES = Path(__file__).resolve().parent / "cases"
PRELUDE = (CASES / "prelude.py").read_text()
DEFAULT_LIMITS = {"wall_time_s": 10, "cpu_time_s": 5}
KEYS = {"attack", "name", "expect", "expect-fallback", "expect-without-chroot", "limits", "request",
        "next", "peer"}
HEADER_LINE = re.compile(r"# ([a-z-]+): (.*)")
DIFFERING_RUNS = 3

# As src/attack/calibration.cpp has them, and why.
CALIBRATION_RUNS = 3
NOTHING_SECONDS_MAX = 0.25
LOOP_SECONDS_MAX = 0.5
LOOP_CPU_SECONDS_MAX = 0.4
NOTHING = "def main():\n    return 42\n"
LOOP = """def main():
    total = 0
    for i in range(3_000_000):
        total += i & 7
    return total
"""


@dataclasses.dataclass(frozen=True)
class Slowness:
    """Times that an answer takes as long, and a computation as much CPU, as on a quiet machine."""

    wall: float = 1.0
    cpu: float = 1.0


QUIET = Slowness()


def slowness_of(of_nothing, of_a_loop):
    """From replies to NOTHING and LOOP. The slowest counts: what an honest run met once, an attack may."""
    cpu = max(reply.json["usage"]["cpu_ms"] for reply in of_a_loop) / 1_000 / LOOP_CPU_SECONDS_MAX
    return Slowness(
        wall=max(1.0, cpu, max(reply.elapsed_s for reply in of_nothing) / NOTHING_SECONDS_MAX,
                 max(reply.elapsed_s for reply in of_a_loop) / LOOP_SECONDS_MAX),
        cpu=max(1.0, cpu))


def measure_slowness(service):
    def runs(script, expected):
        replies = [service.execute(script, verbose=True) for _ in range(CALIBRATION_RUNS)]
        assert [reply.result for reply in replies] == [expected] * CALIBRATION_RUNS
        return replies

    return slowness_of(runs(NOTHING, 42), runs(LOOP, 10_500_000))


class Match(enum.Enum):
    MET = "met"
    LATE = "late"  # all but a time bound
    UNMET = "unmet"


@dataclasses.dataclass(frozen=True)
class Case:
    path: Path
    numbers: tuple
    name: str
    expect: str
    expect_fallback: str | None
    expect_without_chroot: str | None
    limits: dict
    request: dict
    next: str | None
    peer: str | None

    def body(self, path=None, slowness=QUIET, maxima=None):
        """The request that runs this case, or its companion at `path`. `maxima`: the service's limits."""
        script = PRELUDE + "\n\n" + (path or self.path).read_text()
        limits = {**DEFAULT_LIMITS, **self.limits}
        for name, times in (("wall_time_s", slowness.wall), ("cpu_time_s", slowness.cpu)):
            if times > 1:
                limits[name] = min(limits[name] * times, (maxima or {}).get(name, float("inf")))
        return {"script": script, "limits": limits, "verbose": True,
                **(self.request if path is None else {})}

    def companion(self, kind):
        return self.path.with_suffix(f".{kind}.py")

    def expectation(self, isolation):
        """Where less isolation means less, the weaker outcome will do; the full one always does.
        `isolation` as /info says it."""
        enough = [self.expect]
        if isolation["level"] != "full" and self.expect_fallback:
            enough.append(self.expect_fallback)
        if lacks_chroot(isolation) and self.expect_without_chroot:
            enough.append(self.expect_without_chroot)
        return " | ".join(enough)


def lacks_chroot(isolation):
    """Neither a chroot nor a mount namespace in its stead, for which /info names no chroot."""
    states = {layer["name"]: layer["state"] for layer in isolation["layers"]}
    return states.get("chroot") == "off"


def without_reason(header, key):
    """The outcome of a line `outcome -- why`; None where there is no such line."""
    return header.get(key, "").partition(" -- ")[0] or None


def header_of(text):
    header = {}
    for line in text.splitlines():
        match = HEADER_LINE.fullmatch(line)
        if not match:
            break
        key, value = match.groups()
        if key not in KEYS or key in header:
            raise ValueError(f"unknown or repeated header line: {line}")
        header[key] = value
    return header


def read_case(path):
    header = header_of(path.read_text())
    return Case(path=path, numbers=tuple(int(n) for n in header["attack"].split(",")),
                name=header["name"], expect=header["expect"],
                expect_fallback=without_reason(header, "expect-fallback"),
                expect_without_chroot=without_reason(header, "expect-without-chroot"),
                limits=json.loads(header.get("limits", "{}")),
                request=json.loads(header.get("request", "{}")), next=header.get("next"),
                peer=header.get("peer"))


def read_cases(directory=CASES):
    paths = sorted(path for path in directory.glob("*.py")
                   if path.name[0].isdigit() and "." not in path.stem)
    return [read_case(path) for path in paths]


# ---- judging ----

def _kind(answer):
    return (answer.get("details") or {}).get("kind")


def _says(answer, member):
    result = answer.get("result")
    return isinstance(result, dict) and result.get(member) is True


def _condition_holds(condition, reply):
    answer = reply.json
    if condition in ("held", "weaker"):
        return reply.status == 200 and _says(answer, condition)
    name, sign, value = re.fullmatch(r"(\w+)([=~])(.+)", condition).groups()
    match name + sign:
        case "status=": return reply.status == int(value)
        case "kind=": return _kind(answer) == value
        case "result=": return reply.status == 200 and answer["result"] == json.loads(value)
        case "error~": return value in answer.get("error", "")
        case "stdout~": return value in answer["stdout"]
        case "peak_mb=": return answer["usage"]["memory_peak_mb"] >= float(value)
    raise ValueError(f"unknown condition: {condition}")


TIME_BOUND = "within="


def _missed(alternative, reply, slowness):
    """What does not hold of one alternative: (conditions, time bounds)."""
    conditions = alternative.split()
    others = [condition for condition in conditions
              if not condition.startswith(TIME_BOUND) and not _condition_holds(condition, reply)]
    bounds = [f"{condition} x {slowness.wall:.1f} (took {reply.elapsed_s:.1f} s)" for condition in conditions
              if condition.startswith(TIME_BOUND)
              and reply.elapsed_s > float(condition.removeprefix(TIME_BOUND)) * slowness.wall]
    return others, bounds


def assess(expectation, reply, slowness=QUIET):
    """(Match, what the alternative that came nearest missed)."""
    others, bounds = min((_missed(alternative, reply, slowness) for alternative in expectation.split("|")),
                         key=lambda missed: (len(missed[0]), len(missed[1])))
    match = Match.UNMET if others else Match.LATE if bounds else Match.MET
    return match, ", ".join(others + bounds)


def seen(reply):
    """What a run met, in a line."""
    answer = reply.json
    said = answer.get("result", answer.get("error"))
    text = said if isinstance(said, str) else json.dumps(said)
    return f"{reply.status} {_kind(answer) or ''} after {reply.elapsed_s:.1f} s: {text[:400]}"


def assert_well_formed(reply):
    """Whatever a script does, the service answers 200 or 422 in the contract's shape."""
    assert reply.status in (200, 422), f"{reply.status}: {reply.body[:500]!r}"
    answer = json.loads(reply.body.decode("utf-8"))  # strict UTF-8
    assert ("result" if reply.status == 200 else "error") in answer and "stdout" in answer, answer


def results_differ(results):
    """No two of the objects share a member's value."""
    return all(len({json.dumps(result[name]) for result in results}) == len(results)
               for name in results[0])
