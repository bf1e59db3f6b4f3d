"""deploy/kubernetes against the API's own schemas, each variant as `kubectl apply -k` would send it,
and against what the service itself says of its ports, paths and names. ./test apiserver asks a real API
server, and kustomize whether it makes the same of them."""

import re

import kubernetes_validate
import pytest

from manifests.variants import PODS, SOURCE, VARIANTS, container_of, of_kind, pods_of, render

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
    assert {document["kind"] for document in documents if document["metadata"]["name"] == "forkjail"} == {
        "Namespace", PODS.get(variant, "Deployment"), "Service", "HorizontalPodAutoscaler",
        "PodDisruptionBudget", "NetworkPolicy"}
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


@pytest.mark.parametrize("variant", ("full", "sessions"))
def test_full_hides_no_file_that_nsjail_binds_a_device_over(variant):
    mounts = container_of(render(variant))["volumeMounts"]
    assert {mount["mountPath"] for mount in mounts} == {"/tmp"}


@pytest.mark.parametrize("variant", ("full", "sessions"))
def test_full_refuses_to_start_with_less(variant):
    arguments = container_of(render(variant))["args"]
    assert arguments[arguments.index("--isolation") + 1] == "full"


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_pod_has_time_to_drain(variant):
    documents = render(variant)
    pod = pods_of(documents)["spec"]["template"]["spec"]
    arguments = pod["containers"][0]["args"]
    grace = int(arguments[arguments.index("--grace-time") + 1])
    pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    last_answers = 6  # kLastAnswersTime, src/server/service.cpp
    assert pod["terminationGracePeriodSeconds"] > pause + grace + last_answers


def test_nothing_gets_out_and_no_token_is_there():
    documents = render("base")
    policy = of_kind(documents, "NetworkPolicy")["spec"]
    assert "Egress" in policy["policyTypes"] and "egress" not in policy
    assert pods_of(documents)["spec"]["template"]["spec"][
        "automountServiceAccountToken"] is False


def test_the_scaling_metric_is_one_that_the_service_has():
    metric = of_kind(render("base"), "HorizontalPodAutoscaler")["spec"]["metrics"][0]["pods"]["metric"]
    sources = "".join(path.read_text() for path in (SOURCE / "src/server").rglob("*.cpp"))
    assert f'{metric["name"].removeprefix("forkjail_")}' in sources


def test_probes_ask_paths_that_the_service_has():
    routes = (SOURCE / "src/server/routes.cpp").read_text()
    container = container_of(render("base"))
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in routes
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"


@pytest.mark.parametrize("variant", VARIANTS)
def test_selectors_find_the_pods(variant):
    documents = render(variant)
    labels = pods_of(documents)["spec"]["template"]["metadata"]["labels"]
    for kind, path in (("Service", ("selector",)), ("PodDisruptionBudget", ("selector", "matchLabels")),
                       ("NetworkPolicy", ("podSelector", "matchLabels"))):
        selector = of_kind(documents, kind)["spec"]
        for part in path:
            selector = selector[part]
        assert selector.items() <= labels.items(), kind


# ---- sessions ----

ID = "forkjail-3." + 32 * "a"


def named(documents, kind, name):
    return next(document for document in documents
                if (document["kind"], document["metadata"]["name"]) == (kind, name))


def router_map(variable):
    """{pattern: value} of one of the router's maps."""
    text = named(render("sessions"), "ConfigMap", "forkjail-router")["data"]["nginx.conf"]
    body = re.search(rf"map \S+ \${variable} {{\n(.*?)\n\s*}}\n", text, re.DOTALL)[1]
    return dict(re.fullmatch(r'(\S+) "?(.*?)"?;', line.strip()).groups() for line in body.splitlines())


def instance_in(variable, text):
    """What the router takes from it. Python wants P where PCRE does not."""
    for pattern, value in router_map(variable).items():
        if not pattern.startswith('"~'):
            continue
        if found := re.search(pattern.strip('"~').replace("(?<", "(?P<"), text):
            return found[value.strip("$")]
    return router_map(variable)["default"]


def test_a_pods_name_is_its_instances_name():
    documents = render("sessions")
    pods = pods_of(documents)
    assert container_of(documents)["env"] == [
        {"name": "FORKJAIL_INSTANCE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]
    headless = named(documents, "Service", pods["spec"]["serviceName"])
    assert headless["spec"]["clusterIP"] == "None"
    assert headless["spec"]["selector"].items() <= pods["spec"]["template"]["metadata"]["labels"].items()
    scaled = of_kind(documents, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) == (pods["kind"], pods["metadata"]["name"])


@pytest.mark.parametrize(("variable", "text", "instance"), [
    ("instance_of_path", f"/sessions/{ID}", "forkjail-3"),
    ("instance_of_path", f"/sessions/{ID}/files/a/b", "forkjail-3"),
    ("instance_of_path", "/sessions", ""),
    ("instance_of_path", "/execute", ""),
    ("instance_of_path", f"/sessions/elsewhere.example.{32 * 'a'}", ""),
    ("instance_of_path", f"/x/sessions/{ID}", ""),
    ("instance_of_header", ID, "forkjail-3"),
    ("instance_of_header", f"elsewhere.example/{ID}", ""),
    ("instance_of_header", "", ""),
])
def test_the_router_goes_by_the_id(variable, text, instance):
    assert instance_in(variable, text) == instance


def test_the_router_knows_the_services_names_and_ports():
    documents = render("sessions")
    backends = router_map("backend")
    headless = named(documents, "Service", pods_of(documents)["spec"]["serviceName"])
    name, namespace = headless["metadata"]["name"], headless["metadata"]["namespace"]
    port = container_of(documents)["ports"][0]["containerPort"]
    assert backends["default"] == f"$instance.{name}.{namespace}.svc.cluster.local:{port}"
    plain = of_kind(documents, "Service")
    assert backends['""'] == (f"{plain['metadata']['name']}.{namespace}.svc.cluster.local:"
                              f"{plain['spec']['ports'][0]['port']}")


def test_the_router_needs_no_privilege_and_selects_its_own_pods():
    documents = render("sessions")
    router = named(documents, "Deployment", "forkjail-router")
    context = router["spec"]["template"]["spec"]["containers"][0]["securityContext"]
    assert context["runAsNonRoot"] is True and context["capabilities"] == {"drop": ["ALL"]}
    selector = named(documents, "Service", "forkjail-router")["spec"]["selector"]
    assert selector.items() <= router["spec"]["template"]["metadata"]["labels"].items()
    service = of_kind(documents, "Service")["spec"]["selector"]
    assert not service.items() <= router["spec"]["template"]["metadata"]["labels"].items()
