"""The image's root in a sandbox of runsc, as Cloud Run's first generation starts a container."""

import subprocess

import oci_bundle
from service import Service, free_port

from container.engine import IMAGE

# What Cloud Run sets, and PORT.
VARIABLES = {"K_SERVICE": "forkjail", "K_REVISION": "forkjail-00001-abc", "K_CONFIGURATION": "forkjail"}
CPU_PERIOD_US = 100_000


class Sandbox(Service):
    START_TIME_MAX_S = 90

    def __init__(self, runsc, engine, bundle, memory_mb, cpus):
        self.port = free_port()
        self.name = f"forkjail-test-{self.port}"
        self.runsc = [runsc, "--root", str(bundle / "state"), "--platform=systrap", "--network=host"]
        self.log = bundle / f"{self.name}.log"
        variables = {**VARIABLES, "PORT": self.port, "FORKJAIL_ADDRESS": "127.0.0.1"}
        image = engine.inspect(IMAGE, "image")["Config"]
        # No network namespace: the sandbox passes sockets on, and the service is asked on this machine.
        oci_bundle.write(
            bundle, [f"/usr/local/bin/{image['Entrypoint'][0]}"],
            [*image["Env"], *(f"{key}={value}" for key, value in variables.items())],
            cgroupsPath=f"/{self.name}",
            resources={"memory": {"limit": memory_mb * 1024 * 1024},
                       "cpu": {"quota": int(cpus * CPU_PERIOD_US), "period": CPU_PERIOD_US}})
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*self.runsc, "run", "--bundle", str(bundle), self.name],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self, warm=False):
        return super().wait_until_ready(warm)

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
