"""deploy/compose/compose.yaml: what it says is what this service takes, and it opens nothing by default."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "deploy/compose/compose.yaml"
TIME = {"s": 1, "m": 60}


@pytest.fixture
def service():
    return yaml.safe_load(FILE.read_text())["services"]["forkjail"]


def test_scripts_need_a_key_from_the_secret(service):
    text = yaml.safe_load(FILE.read_text())
    (secret,) = service["secrets"]
    assert text["secrets"][secret]["file"] == "keys.json"
    assert service["environment"]["FORKJAIL_KEYS"] == f"/run/secrets/{secret}"


def test_only_this_machine_reaches_the_port(service):
    assert service["ports"] == ["127.0.0.1:8080:8080"]


def test_variables_are_the_services_own(service):
    known = (ROOT / "docs/operations.md").read_text()
    for name, value in service["environment"].items():
        assert f"`{name}`" in known and isinstance(value, str), name


def test_runs_may_end_before_it_is_killed(service):
    number, unit = re.fullmatch(r"(\d+)([sm])", service["stop_grace_period"]).groups()
    assert int(number) * TIME[unit] > float(service["environment"]["FORKJAIL_GRACE_TIME"])


def test_it_has_no_more_rights_than_the_image_asks_for(service):
    assert not {"privileged", "cap_add", "security_opt", "pid", "network_mode", "volumes"} & set(service)
    assert service["mem_limit"] and service["pids_limit"]
