"""deploy/cloudrun: the files are YAML once their variables are in, and say what the docs promise."""

import re
from pathlib import Path

import pytest
import yaml

SOURCE = Path(__file__).resolve().parent.parent.parent
FILES = {"gen2": "service.yaml", "gen1": "service-gen1.yaml"}
VARIABLES = {"SERVICE": "forkjail", "REGION": "europe-west1", "PROJECT": "a-project",
             "IMAGE": "europe-west1-docker.pkg.dev/a-project/forkjail/forkjail:0.1.0",
             "SERVICE_ACCOUNT": "forkjail@a-project.iam.gserviceaccount.com"}
CLOUD_RUN_KILLS_AFTER_S = 10  # after SIGTERM


def load(generation):
    text = (SOURCE / "deploy/cloudrun" / FILES[generation]).read_text()
    filled = re.sub(r"\$\{(\w+)\}", lambda found: VARIABLES[found.group(1)], text)
    return yaml.safe_load(filled)


@pytest.fixture(params=FILES)
def service(request):
    return request.param, load(request.param)


def test_generation_cpu_and_instances_are_set(service):
    generation, document = service
    annotations = document["spec"]["template"]["metadata"]["annotations"]
    assert annotations["run.googleapis.com/execution-environment"] == generation
    assert annotations["run.googleapis.com/startup-cpu-boost"] == "true"
    assert annotations["run.googleapis.com/cpu-throttling"] == "false"
    assert int(annotations["autoscaling.knative.dev/minScale"]) >= 1


def test_concurrency_is_what_the_service_runs_at_one_time(service):
    _, document = service
    spec = document["spec"]["template"]["spec"]
    environment = {item["name"]: item["value"] for item in spec["containers"][0]["env"]}
    assert spec["containerConcurrency"] == int(environment["FORKJAIL_RUNNING_MAX"])


def test_it_drains_before_cloud_run_kills_it(service):
    _, document = service
    container = document["spec"]["template"]["spec"]["containers"][0]
    environment = {item["name"]: item["value"] for item in container["env"]}
    assert float(environment["FORKJAIL_GRACE_TIME"]) < CLOUD_RUN_KILLS_AFTER_S


def test_probes_avoid_the_path_that_googles_front_end_keeps(service):
    _, document = service
    container = document["spec"]["template"]["spec"]["containers"][0]
    assert container["startupProbe"]["httpGet"]["path"] == "/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
