"""The same image as other places run it. What docs/operations.md says of flags and layers is from here."""

import dataclasses

import pytest

from container.engine import DOCKER_CAPABILITIES
from e2e.test_seed_examples import EXAMPLES

CELLS = "/usr/local/lib/forkjail/guest/cells"
DEVICES = "/usr/local/lib/forkjail/guest/dev"
CGROUPS = "/sys/fs/cgroup"

ALWAYS = {"no capabilities", "no_new_privs", "seccomp filter", "rlimits"}
NAMESPACES = {f"{kind} namespace" for kind in ("user", "network", "cgroup", "pid", "mount", "ipc", "uts")} | {
    "read-only root", "private scratch tmpfs"}
CGROUP = {"memory and pids cgroup"}
CHROOT = {"chroot", "own uid"}

NO_APPARMOR = ("--security-opt", "apparmor=unconfined")  # its profile for containers refuses each mount
READ_ONLY = ("--read-only", "--tmpfs", "/tmp")


@dataclasses.dataclass
class Variant:
    flags: tuple
    layers: set  # beside ALWAYS
    level: str = "fallback"
    capabilities: tuple = DOCKER_CAPABILITIES


VARIANTS = {
    "512 MB of memory": Variant(("--memory", "512m"), CHROOT),
    "another user": Variant(("--user", "1000:1000"), {"landlock"}),
    "read-only root with a place for cells": Variant(
        (*READ_ONLY, "--tmpfs", f"{CELLS}:mode=0711"), CHROOT),
    "Pod Security restricted": Variant(
        (*READ_ONLY, "--user", "64999:64999", "--security-opt", "no-new-privileges"), {"landlock"},
        capabilities=()),
    "deploy/kubernetes/base": Variant(
        (*READ_ONLY, "--tmpfs", CELLS, "--tmpfs", f"{DEVICES}:dev", "--security-opt", "no-new-privileges"),
        CHROOT, capabilities=("SETUID", "SETGID", "SETPCAP", "SYS_CHROOT", "MKNOD", "CHOWN", "KILL",
                              "DAC_OVERRIDE", "FOWNER")),
    "SYS_ADMIN": Variant((*NO_APPARMOR, "--cap-add", "SYS_ADMIN"), {"own uid", *NAMESPACES}),
    "writable cgroups": Variant(("--volume", f"{CGROUPS}:{CGROUPS}"), CHROOT | CGROUP),
    "SYS_ADMIN and writable cgroups": Variant(
        (*NO_APPARMOR, "--cap-add", "SYS_ADMIN", "--volume", f"{CGROUPS}:{CGROUPS}"),
        {"own uid", *NAMESPACES, *CGROUP}, "full"),
    "the least that gives the full level": Variant(
        (*NO_APPARMOR, "--volume", f"{CGROUPS}:{CGROUPS}"), {"own uid", *NAMESPACES, *CGROUP}, "full",
        ("SYS_ADMIN", "SYS_CHROOT", "SETUID", "SETGID")),
    "privileged": Variant(("--privileged",), {"own uid", *NAMESPACES, *CGROUP}, "full"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variant_serves_with_its_layers(start, name):
    variant = VARIANTS[name]
    container = start(*variant.flags, capabilities=variant.capabilities)
    for script, expected in EXAMPLES.values():
        reply = container.execute(script)
        assert (reply.status, reply.json) == (200, expected)
    layers = container.layers()
    on = {layer for layer, (state, _) in layers.items() if state == "on"}
    assert ALWAYS | variant.layers <= on, layers
    assert container.isolation()["level"] == variant.level
    assert container.stop() == 0


def test_read_only_root_without_a_place_for_cells_is_refused_with_its_reason(start):
    container = start(*READ_ONLY, ready=False)
    assert int(container.engine("wait", container.id, timeout=60).stdout) != 0
    log = container.log_text()
    assert CELLS in log and "Read-only file system" in log


def test_full_level_is_refused_where_it_cannot_be_had(start):
    container = start("--env", "FORKJAIL_ISOLATION=full", ready=False)
    assert int(container.engine("wait", container.id, timeout=60).stdout) != 0
    assert "which --isolation=full requires" in container.log_text()
