"""deploy/kubernetes before a real API server: each variant as its user applies it, in the namespace and
at the Pod Security level that it brings along, and the Pods that the controllers make of it."""

import json
import re

import pytest
import yaml

from apiserver.cluster import DONE_TIME_MAX_S, wait_until
from manifests.variants import DIRECTORY, SOURCE, VARIANTS, container_of, of_kind, pods_of, render

pytestmark = pytest.mark.timeout(300)

NAMESPACE = "forkjail"
LEVELS = ("privileged", "baseline", "restricted")
LEVEL = "pod-security.kubernetes.io/enforce"
STRICTEST = {"full": "privileged", "sessions": "privileged", "base": "baseline", "keys": "baseline",
             "restricted": "restricted"}


def pod_of(variant):
    """The Pod that the template of the service describes."""
    template = pods_of(render(variant))["spec"]["template"]
    return {"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
            "metadata": {**template["metadata"], "name": "of-the-template"}}


def by_name(documents):
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}


def apply(cluster, *arguments, document=None):
    """What kubectl says of each object: NAME and created, configured or unchanged."""
    done = cluster.kubectl("apply", "--validate=strict", *arguments, document=document)
    return dict(line.split(maxsplit=1) for line in done.splitlines())


def make_namespace(cluster, document):
    """With the account that every Pod needs, which a controller makes: a Pod before it is refused."""
    apply(cluster, "--filename=-", document=document)
    cluster.kubectl("wait", "--for=create", "--namespace", document["metadata"]["name"],
                    "serviceaccount/default", f"--timeout={DONE_TIME_MAX_S}s")


@pytest.fixture(scope="module")
def level_namespaces(cluster):
    """A namespace for each level, with nothing else in it."""
    for level in LEVELS:
        make_namespace(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": f"level-{level}", "labels": {LEVEL: level}}})


@pytest.fixture(scope="module", params=VARIANTS)
def namespaced(cluster, request):
    """A variant of which the namespace alone is there: a dry run makes none for the rest."""
    make_namespace(cluster, of_kind(render(request.param), "Namespace"))
    yield request.param
    cluster.kubectl("delete", "namespace", NAMESPACE, "--wait", f"--timeout={DONE_TIME_MAX_S}s")


@pytest.fixture(scope="module")
def applied(cluster, namespaced):
    """The variant in full, by its user's own command."""
    apply(cluster, "--kustomize", str(DIRECTORY / namespaced))
    return namespaced


def test_the_server_is_of_the_pinned_version(cluster):
    pinned = re.search(r"k8s\.io/kubernetes (v\S+)", (SOURCE / "tests/apiserver/go.mod").read_text())[1]
    assert json.loads(cluster.kubectl("version", "--output=json"))["serverVersion"][
        "gitVersion"] == pinned


@pytest.mark.parametrize("variant", VARIANTS)
def test_kustomize_makes_what_the_stage_manifests_checks(cluster, variant):
    made = yaml.safe_load_all(cluster.kubectl("kustomize", str(DIRECTORY / variant)))
    assert by_name(made) == by_name(render(variant))


def test_a_dry_run_takes_every_object_without_a_warning(cluster, namespaced):
    said = apply(cluster, "--kustomize", str(DIRECTORY / namespaced), "--dry-run=server")
    assert len(said) == len(render(namespaced))
    assert said.pop(f"namespace/{NAMESPACE}") == "unchanged (server dry run)"
    assert set(said.values()) == {"created (server dry run)"}


def test_every_object_is_there_once_applied(cluster, applied):
    for document in render(applied):
        there = cluster.get("--namespace", NAMESPACE, document["kind"], document["metadata"]["name"])
        assert there["apiVersion"] == document["apiVersion"]


def test_no_difference_is_left_once_applied(cluster, applied):
    assert cluster.kubectl("diff", "--kustomize", str(DIRECTORY / applied)) == ""


def test_its_namespace_has_the_strictest_level_that_admits_it(cluster, applied):
    assert cluster.get("namespace", NAMESPACE)["metadata"]["labels"][LEVEL] == STRICTEST[applied]


def test_the_controllers_make_its_pods(cluster, applied):
    maker = pods_of(render(applied))
    label = f"app.kubernetes.io/name={maker['metadata']['name']}"

    def pods():
        found = cluster.get("pods", "--namespace", NAMESPACE, "--selector", label)["items"]
        return len(found) >= maker["spec"]["replicas"] and found

    for pod in wait_until(pods, "the service has its Pods"):
        assert pod["spec"]["containers"][0]["securityContext"] == container_of(
            render(applied))["securityContext"]
        # No token lies in it, nor anything else than what the template says.
        assert [volume["name"] for volume in pod["spec"]["volumes"]] == [
            volume["name"] for volume in maker["spec"]["template"]["spec"]["volumes"]]
    events = cluster.get("events", "--namespace", NAMESPACE)["items"]
    assert not [event["message"] for event in events if event["reason"] == "FailedCreate"]


def test_the_disruption_budget_counts_its_pods(cluster, applied):
    replicas = pods_of(render(applied))["spec"]["replicas"]
    wait_until(lambda: cluster.get("pdb", "forkjail", "--namespace", NAMESPACE)["status"].get(
        "expectedPods") == replicas, "the budget's selector finds the Pods")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pod_is_admitted_up_to_its_level_and_no_further(cluster, level_namespaces, variant, level):
    answer = cluster.ask("create", "--dry-run=server", "--validate=strict", "--warnings-as-errors",
                         f"--namespace=level-{level}", "--filename=-", document=pod_of(variant))
    if LEVELS.index(level) <= LEVELS.index(STRICTEST[variant]):
        assert (answer.returncode, answer.stderr) == (0, ""), answer
    else:
        assert answer.returncode != 0 and f'violates PodSecurity "{level}:' in answer.stderr, answer


def test_a_wrong_field_is_refused(cluster, level_namespaces):
    wrong = pod_of("restricted")
    wrong["spec"]["containers"][0]["securityContext"]["runAsRooot"] = True
    answer = cluster.ask("create", "--dry-run=server", "--validate=strict",
                         "--namespace=level-privileged", "--filename=-", document=wrong)
    assert answer.returncode != 0 and "runAsRooot" in answer.stderr, answer
