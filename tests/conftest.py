"""Fixtures of every stage that needs the service: `service` for one that the whole session shares,
`start_service` for one with flags of its own."""

import os
import tempfile

import pytest

from service import AS_USER, Service, assert_nothing_left

# service.let_in opens pytest's folders to that user; other runs of pytest would close those that they share.
if AS_USER:
    FOLDERS = tempfile.TemporaryDirectory(prefix="forkjail-test-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = FOLDERS.name


class SharedService:
    """The one service of the session. A test that kills it fails, and the next gets a new one."""

    def __init__(self):
        self.running = None

    def alive(self):
        return self.running is not None and self.running.process.poll() is None

    def get(self):
        if not self.alive():
            self.running = Service()
            self.running.wait_until_ready()
        return self.running

    def stop(self):
        if not self.alive():
            return
        code = self.running.stop()
        assert code == 0, f"the service ended with {code}:\n{self.running.log_text()}"
        assert_nothing_left(self.running)


@pytest.fixture(scope="session")
def shared_service():
    shared = SharedService()
    try:
        yield shared
    finally:
        shared.stop()


@pytest.fixture
def service(shared_service):
    """The service with its defaults, shared: a test must leave it as it found it, and alive."""
    running = shared_service.get()
    yield running
    assert shared_service.alive(), f"the service died:\n{running.log_text()[-3_000:]}"


@pytest.fixture
def execute(service):
    """execute(script, **fields): POST /execute to the shared service."""
    return service.execute


@pytest.fixture
def start_service():
    """start_service("--flag", ...) starts a service of its own and waits until it is ready."""
    started = []

    def start(*flags, ready=True, **options):
        running = Service(*flags, **options)
        started.append(running)
        return running.wait_until_ready() if ready else running

    yield start
    for running in started:
        running.stop()
    for running in started:
        assert_nothing_left(running)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of the service's log."""
    report = (yield).get_result()
    running = getattr(item, "funcargs", {}).get("service")
    if report.when == "call" and report.failed and isinstance(running, Service):
        report.sections.append(("end of the service's log", running.log_text()[-3_000:]))
