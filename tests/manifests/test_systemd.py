"""deploy/systemd/forkjail.service, by systemd's own checker."""

import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parent.parent.parent / "deploy/systemd/forkjail.service"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_unit_is_valid(tmp_path):
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/local/bin/forkjail", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True,
                          check=False, timeout=60)
    assert done.returncode == 0 and "forkjail.service" not in done.stderr, done.stderr


def test_unit_leaves_what_the_jail_is_made_of():
    text = UNIT.read_text()
    assert "Delegate=cpu memory pids" in text
    settings = [line for line in text.splitlines() if not line.startswith("#")]
    for setting in ("RestrictNamespaces", "ProtectControlGroups", "ProtectHostname", "PrivateUsers"):
        assert not any(line.startswith(setting) for line in settings), setting
