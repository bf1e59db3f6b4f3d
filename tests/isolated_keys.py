"""A service with isolated keys, and what tells which zygote a run's cell came from."""

import json
import os
import re
import signal

from keyed_service import ask, execute, make_key
from service import wait_for

# Where things lie, and the hash seed: as every cell of one zygote has them. A module is asked for by
# name, so that both kinds of shared cells can be had.
PLACE = "[hash('x'), id(sys), id(sys.modules)]"
WHERE = f"import sys%s\ndef main():\n    return {PLACE}\n"
LIGHT = WHERE % ""
FULL = WHERE % ", numpy"
IN_SESSION = f"import sys\n{PLACE}\n"


class IsolatedKeys:
    """`names`: of keys; those that start with "own" are isolated."""

    def __init__(self, directory, *names):
        self.file = directory / "keys"
        self.made = {}
        self.write(*names)
        self.service = None

    def key(self, name):
        return self.made[name][0]

    def write(self, *names, isolated=None):
        """The file: rows of these names, isolated as the names say or as `isolated` does."""
        self.made |= {name: make_key(name) for name in names if name not in self.made}
        rows = [{**self.made[name][1],
                 "isolated": name.startswith("own") if isolated is None else name in isolated}
                for name in names]
        new = self.file.with_suffix(".new")
        new.write_text("".join(json.dumps(row) + "\n" for row in rows))
        new.replace(self.file)

    def reload(self, *names, outcome="ok", isolated=None):
        self.write(*names, isolated=isolated)
        before = self.reloads(outcome)
        os.kill(self.service.process.pid, signal.SIGHUP)
        wait_for(lambda: self.reloads(outcome) > before)

    def reloads(self, outcome):
        return float(re.search(r'forkjail_key_reloads_total\{outcome="%s"\} (\d+)' % outcome, self.metrics())[1])

    def metrics(self):
        return ask(self.service, self.watcher(), "GET", "/metrics").body.decode()

    def flavours(self):
        return ask(self.service, self.watcher(), "GET", "/info").json["pool"]["flavours"]

    def watcher(self):
        return self.key("plain")

    def wait_until_warm(self, *flavours):
        """Until no zygote that serves is to be replaced: each changes seed and layout."""
        wait_for(lambda: set(flavours) <= set(found := self.flavours())
                 and all(flavour["warm"] for flavour in found.values()), within_s=90)

    def where(self, name, script=LIGHT, **fields):
        return tuple(execute(self.service, script, self.key(name), **fields).result)
