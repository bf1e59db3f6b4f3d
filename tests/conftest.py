"""Fixtures of every stage that needs the service: `service` for one that the whole session shares,
`start_service` for one with flags of its own."""

import pytest

import service as service_module
from service import Service, assert_nothing_left


@pytest.fixture(scope="session")
def service():
    """The service with its defaults, shared: a test must leave it as it found it."""
    running = Service()
    try:
        running.wait_until_ready()
        yield running
        alive = running.process.poll() is None
    finally:
        code = running.stop()
    assert alive, f"the service died during the tests:\n{running.log_text()}"
    assert code == 0, f"the service ended with {code}:\n{running.log_text()}"
    assert_nothing_left(running)


@pytest.fixture
def start_service():
    """start_service("--flag", ...) starts a service of its own and waits until it is ready."""
    started = []

    def start(*flags, ready=True, environment=None):
        running = Service(*flags, environment=environment)
        started.append(running)
        return running.wait_until_ready() if ready else running

    yield start
    for running in started:
        running.stop()
    for running in started:
        assert_nothing_left(running)


@pytest.fixture
def execute(service):
    """execute(script, **fields): POST /execute to the shared service, which must outlive the test."""
    yield service.execute
    assert service.process.poll() is None, f"the service died:\n{service.log_text()}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of the service's log."""
    report = (yield).get_result()
    running = item.funcargs.get("service") if hasattr(item, "funcargs") else None
    if report.when == "call" and report.failed and isinstance(running, service_module.Service):
        report.sections.append(("end of the service's log", running.log_text()[-3_000:]))
