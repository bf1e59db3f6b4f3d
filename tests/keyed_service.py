"""Keys as an operator makes them, and requests with one."""

import json
import subprocess

from service import BINARY

HELLO = "def main(): return 'hello'"


def make_key(name, *flags):
    """A new key and its row."""
    made = subprocess.run([BINARY, "key", "--name", name, *flags], capture_output=True, text=True, check=True)
    key, row = made.stdout.splitlines()
    return key, json.loads(row)


def execute(service, script, key, **fields):
    return ask(service, key, "POST", "/execute", {"script": script, **fields})


def ask(service, key, method, path, value=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if value is None:
        return service.request(method, path, headers=headers)
    return service.request(method, path, json.dumps(value).encode(),
                           {"Content-Type": "application/json", **headers})
