#!/usr/bin/python3
"""Add up the reports of all test stages: names what was skipped, late and failed, then how long each
stage took, then one line `N passed, N failed, N skipped`, and `, N late` where there are some: a test
that failed by a time bound alone says so in its message. Exit status 0 only when some test ran, none
failed and none was late; 3 where some were late and none failed."""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


GTEST_PLACE = re.compile(r"\S+:\d+")
LATE = re.compile(r"(Failed: )?late: ")  # as tests/attacks/judge.py says it


class Totals:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.late = []
        self.skipped = []

    def add(self, outcome, name, why=""):
        line = first_line(why)
        if outcome == "passed":
            self.passed += 1
        elif outcome == "skipped":
            self.skipped.append((name, line))
        else:
            (self.late if LATE.match(line) else self.failed).append((name, line))

    @property
    def counts(self):
        text = f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"
        return text + (f", {len(self.late)} late" if self.late else "")

    @property
    def status(self):
        if self.failed or not self.passed + len(self.late):
            return 1
        return 3 if self.late else 0


def first_line(text):
    """The first that says something; GoogleTest's first line is only a place, `file:line`."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    if len(lines) > 1 and GTEST_PLACE.fullmatch(lines[0]):
        lines = lines[1:]
    return lines[0] if lines else ""


def add_cases(totals, stage, report):
    """JUnit's XML, as both pytest and GoogleTest write it. True when a case failed."""
    failed_before = len(totals.failed) + len(totals.late)
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        name = f"{stage}: {case.get('classname', '')}.{case.get('name')}"
        fault = case.find("failure") if case.find("failure") is not None else case.find("error")
        skip = case.find("skipped")
        if fault is not None:
            totals.add("failed", name, fault.get("message") or fault.text)
        elif skip is not None:
            totals.add("skipped", name, skip.get("message") or skip.text or "no reason given")
        elif case.get("status") == "notrun":
            totals.add("skipped", name, "disabled")
        else:
            totals.add("passed", name)
    return len(totals.failed) + len(totals.late) > failed_before


def add_ctest(totals, stage, report, folder):
    """CTest knows of programs, not of cases: it reports those that died without a report."""
    for program in ElementTree.parse(report).getroot().iter("testcase"):
        name = program.get("name")
        cases = folder / f"{name}.xml"
        case_failed = cases.is_file() and add_cases(totals, stage, cases)
        if program.get("status") == "run" and cases.is_file():
            continue
        if program.get("status") == "run":
            totals.add("passed", f"{stage}: {name}")
        elif not case_failed:
            fault = program.find("failure")
            why = fault.get("message") if fault is not None else program.get("status")
            totals.add("failed", f"{stage}: {name}", f"the program ended badly: {why or 'see above'}")


def stage_seconds(report):
    """Of every stage and of all, from the lines `STAGE<tab>SECONDS` that ./test has written."""
    rows = [line.split("\t") for line in report.read_text().splitlines()]
    stages = ", ".join(f"{stage} {seconds} s" for stage, seconds in rows)
    return f"time: {stages}; {sum(int(seconds) for _, seconds in rows)} s in all"


def main():
    reports = Path(sys.argv[1])
    totals = Totals()
    for line in (reports / "plain.tsv").read_text().splitlines():
        stage, name, outcome, why = line.split("\t", 3)
        totals.add(outcome, f"{stage}: {name}", why)
    for report in sorted(reports.glob("*.ctest")):
        add_ctest(totals, report.stem, report, reports / report.stem)
    for report in sorted(reports.glob("*.xml")):
        add_cases(totals, report.stem, report)

    for title, cases in (("Skipped:", totals.skipped), ("Late:", totals.late), ("Failed:", totals.failed)):
        if cases:
            print(title)
            for name, why in cases:
                print(f"  {name}" + (f" -- {why}" if why else ""))
    if not totals.passed + len(totals.late) + len(totals.failed):
        print("no test ran")
    seconds = reports / "seconds.tsv"
    if seconds.is_file():
        print(stage_seconds(seconds))
    print(totals.counts)
    sys.exit(totals.status)


if __name__ == "__main__":
    main()
