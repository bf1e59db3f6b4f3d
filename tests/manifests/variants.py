"""deploy/kubernetes as `kubectl apply -k` would send it: each variant's objects, patched."""

import copy
from pathlib import Path

import yaml

SOURCE = Path(__file__).resolve().parent.parent.parent
DIRECTORY = SOURCE / "deploy/kubernetes"
VARIANTS = ("base", "restricted", "full", "sessions", "keys")
PODS = {"sessions": "StatefulSet"}  # what makes the service's; of the others a Deployment


def load(path):
    return list(yaml.safe_load_all(path.read_text()))


def apply(document, operation):
    """One operation of a JSON patch (RFC 6902), of the kinds that our patches use."""
    *parents, last = [part.replace("~1", "/") for part in operation["path"].lstrip("/").split("/")]
    place = document
    for part in parents:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if isinstance(place, list):
        assert (operation["op"], last) == ("add", "-"), operation["path"]
        place.append(operation["value"])
        return
    assert operation["op"] == "add" or last in place, f"nothing to replace at {operation['path']}"
    if operation["op"] == "remove":
        del place[last]
    else:
        place[last] = operation["value"]


def render(variant):
    """What kustomize makes of a variant: its resources, patched."""
    kustomization = load(DIRECTORY / variant / "kustomization.yaml")[0]
    documents = []
    for name in kustomization["resources"]:
        path = (DIRECTORY / variant / name).resolve()
        documents += render(path.name) if path.is_dir() else load(path)
    documents = copy.deepcopy(documents)
    for patch in kustomization.get("patches", ()):
        chosen = [document for document in documents if document["kind"] == patch["target"]["kind"]
                  and document["metadata"]["name"] == patch["target"]["name"]]
        assert len(chosen) == 1, patch["target"]
        for operation in yaml.safe_load(patch["patch"]):
            apply(chosen[0], operation)
    for document in documents:
        if document["kind"] != "Namespace":
            document["metadata"]["namespace"] = kustomization["namespace"]
    for image in kustomization.get("images", ()):
        container = container_of(documents)
        assert container["image"] == image["name"]
        container["image"] = f'{image["newName"]}:{image["newTag"]}'
    return documents


def of_kind(documents, kind):
    """The service's own one of that kind."""
    return next(document for document in documents
                if document["kind"] == kind and document["metadata"]["name"] == "forkjail")


def pods_of(documents):
    """The Deployment or StatefulSet that makes the service's pods."""
    return next(document for document in documents if document["kind"] in ("Deployment", "StatefulSet")
                and document["metadata"]["name"] == "forkjail")


def container_of(documents):
    return pods_of(documents)["spec"]["template"]["spec"]["containers"][0]
