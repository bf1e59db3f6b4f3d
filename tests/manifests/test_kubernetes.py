"""deploy/kubernetes against the API's own schemas, each variant as `kubectl apply -k` would send it,
and against what the service itself says of its ports, paths and names. ./test apiserver asks a real API
server, and kustomize whether it makes the same of them."""

import kubernetes_validate
import pytest

from manifests.variants import SOURCE, VARIANTS, container_of, of_kind, render

VERSIONS = ("1.33", "1.37")
GUEST = "/usr/local/lib/forkjail/guest"

# Pod Security Standards, "baseline": what a container may add.
BASELINE_CAPABILITIES = {
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_object_is_valid(variant, version):
    documents = render(variant)
    assert {document["kind"] for document in documents} == {
        "Namespace", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget",
        "NetworkPolicy"}
    for document in documents:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_wrong_field_would_be_found():
    wrong = of_kind(render("base"), "Deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["securityContext"]["runAsRooot"] = True
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_restricted_keeps_to_the_restricted_standard():
    documents = render("restricted")
    context = container_of(documents)["securityContext"]
    assert context["runAsNonRoot"] is True and context["runAsUser"] > 0
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"]["type"] == "RuntimeDefault"
    labels = of_kind(documents, "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_base_keeps_to_the_baseline_standard():
    context = container_of(render("base"))["securityContext"]
    assert "privileged" not in context
    assert context["capabilities"]["drop"] == ["ALL"]
    assert set(context["capabilities"]["add"]) <= BASELINE_CAPABILITIES


def test_a_read_only_root_has_a_place_for_everything_that_the_service_writes():
    for variant in ("base", "restricted"):
        container = container_of(render(variant))
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        places = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert places == {"/tmp", f"{GUEST}/cells", f"{GUEST}/dev"}


def test_full_hides_no_file_that_nsjail_binds_a_device_over():
    mounts = container_of(render("full"))["volumeMounts"]
    assert {mount["mountPath"] for mount in mounts} == {"/tmp"}


def test_full_refuses_to_start_with_less():
    arguments = container_of(render("full"))["args"]
    assert arguments[arguments.index("--isolation") + 1] == "full"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pod_has_time_to_drain(variant):
    documents = render(variant)
    pod = of_kind(documents, "Deployment")["spec"]["template"]["spec"]
    arguments = pod["containers"][0]["args"]
    grace = int(arguments[arguments.index("--grace-time") + 1])
    pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    last_answers = 6  # kLastAnswersTime, src/server/service.cpp
    assert pod["terminationGracePeriodSeconds"] > pause + grace + last_answers


def test_nothing_gets_out_and_no_token_is_there():
    documents = render("base")
    policy = of_kind(documents, "NetworkPolicy")["spec"]
    assert "Egress" in policy["policyTypes"] and "egress" not in policy
    assert of_kind(documents, "Deployment")["spec"]["template"]["spec"][
        "automountServiceAccountToken"] is False


def test_the_scaling_metric_is_one_that_the_service_has():
    metric = of_kind(render("base"), "HorizontalPodAutoscaler")["spec"]["metrics"][0]["pods"]["metric"]
    sources = "".join(path.read_text() for path in (SOURCE / "src/server").rglob("*.cpp"))
    assert f'{metric["name"].removeprefix("forkjail_")}' in sources


def test_probes_ask_paths_that_the_service_has():
    routes = (SOURCE / "src/server/service.cpp").read_text()
    container = container_of(render("base"))
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in routes
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"


def test_selectors_find_the_pods():
    documents = render("base")
    labels = of_kind(documents, "Deployment")["spec"]["template"]["metadata"]["labels"]
    for kind, path in (("Service", ("selector",)), ("PodDisruptionBudget", ("selector", "matchLabels")),
                       ("NetworkPolicy", ("podSelector", "matchLabels"))):
        selector = of_kind(documents, kind)["spec"]
        for part in path:
            selector = selector[part]
        assert selector.items() <= labels.items(), kind
