"""forkjail-run: one script with its files, its output live, its figures and files saved.

Exit status: 0, or the script's own, or 1 if it failed otherwise; 2 for a wrong command line; 3 if the
service did not run it."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .client import Forkjail
from .errors import ForkjailError, ScriptError, ScriptExit
from .events import Event, Finished, Shown, Stderr, Stdout
from .requests import Limits, RunOptions
from .results import Display, Outcome

FAILED, USAGE, NOT_RUN, INTERRUPTED = 1, 2, 3, 130
# A terminal acts on these; \t, \n and \r stay.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

DEFINES_MAIN = re.compile(r"^(async )?def main\(", re.MULTILINE)


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        prog="forkjail-run", description="Runs a Python script in the sandbox of a Forkjail service.")
    add = command.add_argument
    add("script", help="the script's path; - reads it from standard input")
    add("args", nargs="*", help="in mode program: sys.argv[1:]; those that begin with - come after --")
    add("--url", help="default: FORKJAIL_URL, or http://localhost:8080")
    add("--api-key", help="default: FORKJAIL_API_KEY; there it does not show in the list of processes")
    add("--file", action="append", default=[], metavar="PATH[=NAME]", dest="files",
        help="put this file into the working directory; may be repeated")
    add("--mode", choices=("program", "main", "repl"), default="program",
        help="program: as python SCRIPT does (the default); main: calls main() and prints what it returned; "
             "repl: as a notebook's cell")
    add("--args-json", metavar="JSON", help="in mode main: the arguments of main(), an object or an array")
    add("--stdin", action="store_true", help="pass standard input to the script")
    add("--env", action="append", default=[], metavar="NAME=VALUE")
    add("--wall-time", type=float, metavar="S")
    add("--cpu-time", type=float, metavar="S")
    add("--memory", type=int, metavar="MB")
    add("--out", type=Path, default=Path("forkjail-out"), metavar="DIR",
        help="where files and figures are saved; made if there are any (default: %(default)s)")
    add("--quiet", action="store_true", help="do not list what was saved")
    add("--raw", action="store_true", help="pass control characters on to the terminal, too")
    return command


def source_of(path: str) -> str:
    return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")


def files_of(arguments: Sequence[str]) -> Mapping[str, Path]:
    files: dict[str, Path] = {}
    for argument in arguments:
        path, _, name = argument.partition("=")
        files[name or Path(path).name] = Path(path)
    return files


def pairs_of(arguments: Sequence[str]) -> dict[str, str]:
    pairs = [argument.partition("=") for argument in arguments]
    if missing := [name for name, equals, _ in pairs if not equals]:
        raise ValueError(f"--env: expected NAME=VALUE, got {missing[0]}")
    return {name: value for name, _, value in pairs}


def options_of(given: argparse.Namespace) -> RunOptions:
    if given.args and given.mode != "program":
        raise ValueError("arguments after the script are for --mode program; see --args-json")
    if given.stdin and given.script == "-":
        raise ValueError("--stdin: standard input holds the script already")
    args: Any = given.args or (json.loads(given.args_json) if given.args_json else None)
    return {
        "args": args,
        "files": files_of(given.files),
        "mode": given.mode,
        "stdin": sys.stdin.read() if given.stdin else None,
        "env": pairs_of(given.env) or None,
        "limits": Limits(given.wall_time, given.cpu_time, given.memory),
        "include": ("stderr", "files", "display", "truncated"),
    }


class Screen:
    """Shows events as they come, and saves what is to be saved."""

    def __init__(self, out: Path, *, quiet: bool, raw: bool) -> None:
        self._out, self._quiet, self._raw = out, quiet, raw
        self._figures = 0

    def show(self, event: Event) -> None:
        if isinstance(event, Stdout):
            self._write(sys.stdout, event.text)
        elif isinstance(event, Stderr):
            self._write(sys.stderr, event.text)
        elif isinstance(event, Shown):
            self._show_display(event.display)

    def save(self, outcome: Outcome) -> None:
        for file in outcome.files:
            if file.content is None:
                self.note(f"not sent, too large: {file.path!r} ({file.size} bytes)")
                continue
            try:
                self._saved(file.save(self._out))
            except (OSError, ValueError) as error:
                self.note(f"not saved: {error}")
        if outcome.truncated:
            self.note("beyond its limit, and cut: " + ", ".join(sorted(outcome.truncated)))

    def value(self, value: Any) -> None:
        if value is not None:
            print(json.dumps(value, ensure_ascii=False, indent=2))

    def note(self, text: str) -> None:
        self._write(sys.stderr, f"forkjail: {text}\n")

    def _show_display(self, shown: Display) -> None:
        if not shown.figure_ending:
            self._write(sys.stdout, shown.text + "\n")
            return
        self._figures += 1
        self._out.mkdir(parents=True, exist_ok=True)
        self._saved(shown.save(self._out / f"figure-{self._figures}{shown.figure_ending}"))

    def _saved(self, path: Path) -> None:
        if not self._quiet:
            self.note(f"saved {path}")

    def _write(self, stream: TextIO, text: str) -> None:
        if stream.isatty() and not self._raw:
            text = CONTROL.sub("�", text)
        stream.write(text)
        stream.flush()


def run(client: Forkjail, script: str, options: RunOptions, screen: Screen) -> int:
    try:
        with client.stream(script, **options) as events:
            for event in events:
                screen.show(event)
                if isinstance(event, Finished):
                    screen.save(event.result)
                    if leaves_main_uncalled(script, options, event.result):
                        screen.note("the script defines main(), which nothing called: --mode main calls it")
                    if options.get("mode") == "main":
                        screen.value(event.result.result)
        return 0
    except ScriptError as error:
        screen.save(error.outcome)
        screen.note(error.message)
        return status_of(error)
    except ForkjailError as error:
        screen.note(error.message)
        return NOT_RUN


def leaves_main_uncalled(script: str, options: RunOptions, outcome: Outcome) -> bool:
    is_silent = not (outcome.stdout or outcome.stderr or outcome.display or outcome.files)
    return options.get("mode") == "program" and is_silent and DEFINES_MAIN.search(script) is not None


def status_of(error: ScriptError) -> int:
    """The script's own, as far as it has one."""
    match = re.search(r"exited with status (\d+)", error.message) if isinstance(error, ScriptExit) else None
    return int(match.group(1)) % 256 or FAILED if match else FAILED


def main(argv: Sequence[str] | None = None) -> int:
    command = parser()
    given = command.parse_intermixed_args(argv)
    try:
        script, options = source_of(given.script), options_of(given)
    except (OSError, ValueError) as error:
        command.error(str(error))
    screen = Screen(given.out, quiet=given.quiet, raw=given.raw)
    try:
        with Forkjail(given.url, api_key=given.api_key) as client:
            return run(client, script, options, screen)
    except OSError as error:  # of a file to send, or of the folder to save in
        screen.note(str(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
