"""The image's root in a sandbox of runsc, as Cloud Run's first generation starts a container."""

import json
import subprocess
import time

from service import Service, free_port

from container.engine import DOCKER_CAPABILITIES, IMAGE

START_TIME_MAX_S = 90

# What Cloud Run sets, and PORT.
VARIABLES = {"K_SERVICE": "forkjail", "K_REVISION": "forkjail-00001-abc", "K_CONFIGURATION": "forkjail"}
CPU_PERIOD_US = 100_000


def settings(image, variables, memory_mb, cpus, name):
    """config.json of an OCI bundle for the image's own entry point and environment."""
    capabilities = [f"CAP_{capability}" for capability in DOCKER_CAPABILITIES]
    environment = [*image["Env"], *(f"{key}={value}" for key, value in variables.items())]
    return {
        "ociVersion": "1.0.0",
        "process": {
            "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": environment,
            "args": [f"/usr/local/bin/{image['Entrypoint'][0]}"],
            "capabilities": {kind: capabilities for kind in ("bounding", "effective", "permitted")},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 20_000, "soft": 20_000}]},
        "root": {"path": "rootfs", "readonly": False},
        "hostname": "localhost",
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},
            {"destination": "/sys", "type": "sysfs", "source": "sysfs",
             "options": ["nosuid", "noexec", "nodev", "ro"]}],
        # No network namespace: the sandbox passes sockets on, and the service is asked on this machine.
        "linux": {
            "cgroupsPath": f"/{name}",
            "resources": {"memory": {"limit": memory_mb * 1024 * 1024},
                          "cpu": {"quota": int(cpus * CPU_PERIOD_US), "period": CPU_PERIOD_US}},
            "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]},
    }


class Sandbox(Service):
    def __init__(self, runsc, engine, bundle, memory_mb, cpus):
        self.port = free_port()
        self.name = f"forkjail-test-{self.port}"
        self.runsc = [runsc, "--root", str(bundle / "state"), "--platform=systrap", "--network=host"]
        self.log = bundle / f"{self.name}.log"
        variables = {**VARIABLES, "PORT": self.port, "FORKJAIL_ADDRESS": "127.0.0.1"}
        image = engine.inspect(IMAGE, "image")["Config"]
        (bundle / "config.json").write_text(
            json.dumps(settings(image, variables, memory_mb, cpus, self.name)))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*self.runsc, "run", "--bundle", str(bundle), self.name],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self):
        deadline = time.monotonic() + START_TIME_MAX_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.request("GET", "/ready", timeout_s=5).status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError(f"not ready ({self.process.poll()}):\n{self.log_text()}")

    def terminate(self):
        subprocess.run([*self.runsc, "kill", self.name, "TERM"], check=True, timeout=30)

    def remove(self):
        for command in (["kill", "--all", self.name, "KILL"], ["delete", "--force", self.name]):
            subprocess.run([*self.runsc, *command], capture_output=True, timeout=30, check=False)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=30)

    def log_text(self):
        return self.log.read_text(errors="replace")[-20_000:]
