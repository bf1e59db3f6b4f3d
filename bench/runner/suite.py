"""The scripts, their requests, and whether a peer answers them rightly."""

import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
# The load generator puts 16 digits of its own here in each request, so that no answer and no
# compiled script can be reused.
NONCE_LINE = "# %nonce-16-digits\n"
CHECK_TIMEOUT_S = 60
_ABSENT = object()


class SuiteError(Exception):
    pass


@dataclass(frozen=True)
class Script:
    name: str
    title: str
    source: str
    status: int = 200
    result: object = _ABSENT
    stdout_bytes: int = 0
    seconds_min: float = 0
    needs: str = ""
    limits: dict = field(default_factory=dict)
    default: bool = False

    def body(self):
        body = {"script": self.source.rstrip("\n") + "\n" + NONCE_LINE}
        if self.limits:
            body["limits"] = self.limits
        return json.dumps(body).encode()


def load():
    described = json.loads((SCRIPTS / "suite.json").read_text())["scripts"]
    return [Script(source=(SCRIPTS / f"{entry['name']}.py").read_text(), **entry)
            for entry in described]


def choose(names, everything):
    scripts = load()
    if names:
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        by_name = {script.name: script for script in scripts}
        unknown = [name for name in wanted if name not in by_name]
        if unknown:
            raise SuiteError(f"unknown scripts: {', '.join(unknown)} (there are {', '.join(by_name)})")
        return [by_name[name] for name in wanted]
    return [script for script in scripts if everything or script.default]


def ask(port, method, path, body=None, timeout=CHECK_TIMEOUT_S):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def problem_with(peer, script):
    """Why this script cannot be measured on this peer, or None."""
    if script.needs and script.needs not in peer.abilities:
        return f"has no {script.needs.replace('_', ' ')}"
    try:
        status, text = ask(peer.port, "POST", "/execute", script.body())
        answer = json.loads(text)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"no answer: {type(error).__name__}: {error}"
    if status != script.status:
        return f"answered {status} instead of {script.status}: {text[:200]!r}"
    if script.result is not _ABSENT and answer.get("result", _ABSENT) != script.result:
        return f"wrong result: {text[:200]!r}"
    if len(answer.get("stdout", "")) < script.stdout_bytes:
        return f"only {len(answer.get('stdout', ''))} bytes of stdout"
    return None
