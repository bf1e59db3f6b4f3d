"""A container engine, and a container of the image as a service under test.

FORKJAIL_TEST_ENGINE names the engine. Both run the image as `docker run` does: Docker's default
capabilities, Docker's seccomp profile, a bridge or its user-space stand-in, a published port.
"""

import json
import os
import subprocess

from oci_bundle import DOCKER_CAPABILITIES
from service import Service, free_port

IMAGE = "python-executor"


class Engine:
    def __init__(self, command, run_flags=(), seccomp=None):
        self.command = command
        self.run_flags = run_flags
        self.seccomp = seccomp  # the file of Docker's profile, or None where that is the engine's default

    def __call__(self, *arguments, check=True, timeout=100):
        done = subprocess.run([self.command, *arguments], capture_output=True, text=True,
                              timeout=timeout, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{self.command} {' '.join(arguments)}: {done.stderr[-3_000:]}")
        return done

    def inspect(self, name, kind="container"):
        return json.loads(self(kind, "inspect", name).stdout)[0]

    def health_check(self, image):
        """Its command. Podman tells it beside the rest of the configuration, Docker within."""
        facts = self.inspect(image, "image")
        return (facts.get("Healthcheck") or facts["Config"]["Healthcheck"])["Test"]


def podman():
    profile = os.environ["DOCKER_SECCOMP_PROFILE"]
    return Engine("podman", ["--network", "slirp4netns", "--read-only-tmpfs=false"], profile)


def docker():
    return Engine("docker")


ENGINES = {"podman": podman, "docker": docker}


class Container(Service):
    """A container of the image: the client of a Service, the life of a container."""

    def __init__(self, engine, *flags, capabilities=DOCKER_CAPABILITIES, port_inside=8080):
        self.engine = engine
        self.port = free_port()
        profile = ["--security-opt", f"seccomp={engine.seccomp}"] if engine.seccomp else []
        held = ["--cap-drop=ALL", *(f"--cap-add={name}" for name in capabilities)]
        self.id = engine("run", "--detach", *engine.run_flags, *profile, *held, "--publish",
                         f"127.0.0.1:{self.port}:{port_inside}", *flags, IMAGE).stdout.strip()

    @property
    def state(self):
        return self.engine.inspect(self.id)["State"]

    def wait_until_ready(self, warm=False):
        return super().wait_until_ready(warm)

    def ending(self):
        status = self.state["Status"]
        return None if status in ("created", "running") else f"is {status}"

    def find_children(self):
        return set()  # they are the engine's

    def terminate(self):
        self.engine("kill", "--signal", "TERM", self.id)

    def stop(self):
        """SIGTERM as `docker stop` sends it; the exit code."""
        if self.state["Status"] == "running":
            self.terminate()
        return int(self.engine("wait", self.id, timeout=90).stdout)

    def remove(self):
        self.engine("rm", "--force", self.id, check=False)

    def log_text(self):
        done = self.engine("logs", self.id, check=False)
        return done.stdout + done.stderr

    def process_states(self):
        """The state letters of its processes; Z: a zombie."""
        columns = ["state", "comm"] if self.engine.command == "podman" else ["-o", "pid,stat,comm"]
        first, *lines = self.engine("top", self.id, *columns).stdout.splitlines()
        column = next(i for i, name in enumerate(first.split()) if name.startswith("STAT"))
        return [line.split()[column][0] for line in lines]

    def layers(self):
        """{layer: (state, why)} of /info."""
        return {layer["name"]: (layer["state"], layer.get("why", ""))
                for layer in self.isolation()["layers"]}

    def isolation(self):
        return self.request("GET", "/info").json["isolation"]
