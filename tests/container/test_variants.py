"""The same image as other places run it. Each row: flags, the level, and walls that must stand."""

import pytest

from e2e.test_seed_examples import EXAMPLES

CELLS = "/usr/local/lib/forkjail/guest/cells"
DEVICES = "/usr/local/lib/forkjail/guest/dev"

# docs/operations.md, "The full level in a container", says what each of these flags buys.
FULL = ("--cap-add", "SYS_ADMIN", "--security-opt", "apparmor=unconfined")

VARIANTS = {
    "another user": (("--user", "1000:1000"), "fallback", {"landlock"}),
    "read-only root": (("--read-only", "--tmpfs", "/tmp"), "fallback", set()),
    "read-only root with a place for cells": (
        ("--read-only", "--tmpfs", "/tmp", "--tmpfs", f"{CELLS}:mode=0711"), "fallback", {"chroot"}),
    "512 MB of memory": (("--memory", "512m"), "fallback", {"chroot"}),
    "no new privileges, no capabilities, another user": (
        ("--user", "1000:1000", "--cap-drop=ALL", "--security-opt", "no-new-privileges", "--read-only",
         "--tmpfs", "/tmp"), "fallback", {"landlock"}),
    "SYS_ADMIN": (FULL, "fallback", {"user namespace"}),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variant_serves_with_its_walls(start, name):
    flags, level, walls = VARIANTS[name]
    container = start(*flags)
    for script, expected in EXAMPLES.values():
        reply = container.execute(script)
        assert (reply.status, reply.json) == (200, expected)
    assert container.isolation()["level"] == level
    layers = container.layers()
    on = {layer for layer, (state, _) in layers.items() if state == "on"}
    assert walls <= on, layers
    assert container.stop() == 0
