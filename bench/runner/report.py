"""All measurements as markdown: the machine, a table of latencies, one of throughput, one of open
loops, and what went wrong."""

from . import measure, suite

SERVICE = "forkjail"


def _ms(microseconds):
    if microseconds is None:
        return "-"
    value = microseconds / 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _rate(value):
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _ratio(value, base):
    return "-" if not value or not base else f"{value / base:.1f}x"


def _table(header, rows):
    lines = ["| " + " | ".join(header) + " |",
             "|" + "|".join("---" if i < 2 else "---:" for i in range(len(header))) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _in_order(values):
    return list(dict.fromkeys(values))


def _machine(measured):
    facts, plan = measured["machine"], measured["plan"]
    lines = [
        f"- {facts['date']}, commit {facts['commit']}",
        f"- {facts['cores']} cores ({facts['cpu']}), {facts['memory_gb']} GB, Linux "
        f"{facts['kernel']} {facts['architecture']}, huge pages {facts['transparent_hugepages']}, "
        f"governor {facts['governor']}, Python {facts['python']}",
        f"- in use by others before the start {facts['busy_before']:.0%}, "
        f"after the end {facts['busy_after']:.0%}",
        f"- {plan['rounds']} rounds of {plan['seconds']:g} s for each cell, the peers in turn; "
        f"each figure is the median of the rounds",
    ]
    lines += [f"- {name}: {described}" for name, described in facts["peers"].items()]
    lines += [f"- **{warning}**" for warning in facts["warnings"]]
    return "\n".join(lines)


def _closed(measured, titles):
    samples, many = measured["closed"], measured["plan"]["connections"]
    rows = []
    for script in _in_order(sample["script"] for sample in samples):
        base_hit = measure.latency(samples, SERVICE, script, measure.HIT, "p50")
        base_p50 = measure.latency(samples, SERVICE, script, 1, "p50")
        base_peak = measure.peak(samples, SERVICE, script, many)
        for name in _in_order(s["peer"] for s in samples if s["script"] == script):
            hit = measure.latency(samples, name, script, measure.HIT, "p50")
            p50 = measure.latency(samples, name, script, 1, "p50")
            peak = measure.peak(samples, name, script, many)
            wrong = sum(measure.wrong(s) for s in samples
                        if s["script"] == script and s["peer"] == name)
            rows.append([
                titles[script], name, _ms(hit), _ratio(hit, base_hit),
                _ms(measure.latency(samples, name, script, measure.RESTED, "p50")),
                _ms(p50), _ms(measure.latency(samples, name, script, 1, "p99")),
                _ratio(p50, base_p50), _rate(peak), _ratio(base_peak, peak),
                _ms(measure.latency(samples, name, script, many, "p50")),
                _ms(measure.latency(samples, name, script, many, "p99")), str(wrong),
            ])
    header = ["script", "peer", "p50 pool hit, ms", "times", "p50 rested, ms", "p50 alone, ms", "p99 alone, ms", "p50, times",
              "peak, per s", "peak, times", f"p50 at {many}, ms", f"p99 at {many}, ms", "wrong"]
    return _table(header, rows)


def _open(measured, titles):
    rows = []
    for sample in measured["open"]:
        latency = sample["latency_us"]
        rows.append([titles[sample["script"]], sample["peer"], f"{sample['fraction']:.0%}",
                     _rate(sample["rate_per_s"]), _ms(latency["p50"]), _ms(latency["p90"]),
                     _ms(latency["p99"]), _ms(latency["p99.9"]), _ms(latency["max"]),
                     str(latency["count"]), str(measure.wrong(sample))])
    header = ["script", "peer", "of peak", "per s", "p50, ms", "p90, ms", "p99, ms", "p99.9, ms",
              "max, ms", "requests", "wrong"]
    return _table(header, rows)


def _first(measured, titles):
    rows = [[titles[one["script"]], one["peer"], _ms(one["start_us"]), _ms(one["request_us"])]
            for one in measured["states"]["first"]]
    return _table(["script", "peer", "from start to answer, ms", "the request, ms"], rows)


def _burst(measured, titles):
    rows = [[titles[one["script"]], one["peer"], str(one["requests"]), _ms(one["p50"]), _ms(one["max"]), str(one["wrong"])] for one in measured["states"]["burst"]]
    return _table(["script", "peer", "at once", "p50, ms", "last, ms", "wrong"], rows)


def _crowd(measured, titles):
    many = measured["plan"]["connections"]
    rows = []
    for one in measured["states"]["crowd"]:
        rows.append([titles[one["script"]], one["peer"], str(one["connections"]), _rate(one["throughput_per_s"]),
                     _rate(one["few_throughput_per_s"]), _ms(one["latency_us"]["p50"]), _ms(one["latency_us"]["p99"]), str(measure.wrong(one))])
    return _table(["script", "peer", "clients", "per s", f"with {many}, per s", "p50, ms", "p99, ms", "wrong"], rows)


def _health(measured, _):
    rows = [[one["peer"], _rate(one["throughput_per_s"]), _ms(one["latency_us"]["p50"]),
             _ms(one["latency_us"]["p99"]), str(measure.wrong(one))] for one in measured["states"]["health"]]
    return _table(["peer", "per s", "p50, ms", "p99, ms", "wrong"], rows)


def _soak(measured, titles):
    rows = []
    for one in measured["states"]["soak"]:
        for number, part in enumerate(one["parts"], 1):
            memory = "-" if part["memory_mb"] is None else f"{part['memory_mb']:.0f}"
            rows.append([titles[one["script"]], f"{number}/10 of {one['seconds']:g} s",
                         _rate(one["rate_per_s"]), _ms(part["p50"]), _ms(part["p99"]), _ms(part["max"]),
                         memory, str(part["wrong"])])
    return _table(["script", "part", "per s", "p50, ms", "p99, ms", "max, ms", "memory, MB", "wrong"], rows)


def markdown(measured):
    titles = {script.name: script.title for script in suite.load()}
    parts = [_machine(measured)]
    if measured["closed"]:
        parts.append("### One client alone, and the peak (closed loop)\n\n" + _closed(measured, titles))
    if measured["open"]:
        arrivals = measured["plan"]["arrivals"]
        parts.append(f"### At a fixed rate (open loop, {arrivals} arrivals)\n\n"
                     + _open(measured, titles))
    for key, title, table in (("first", "The first request after a start", _first),
                              ("burst", "A burst beyond the pool", _burst),
                              ("crowd", "More clients than cells", _crowd),
                              ("health", "GET /health", _health),
                              ("soak", "Under load for long", _soak)):
        if measured["states"][key]:
            parts.append(f"### {title}\n\n" + table(measured, titles))
    if measured["problems"]:
        parts.append("### Left out\n\n" + "\n".join(
            f"- {what}: {why}" for what, why in measured["problems"].items()))
    return "\n\n".join(parts)
