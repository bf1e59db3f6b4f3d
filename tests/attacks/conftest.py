"""After every attack the service must be as it was: `unharmed` looks, for each test here."""

import sys

import pytest

from attacks.aftermath import Rest, assert_unharmed

# A case returns an integer of 5,000 digits: the client has to read it.
sys.set_int_max_str_digits(0)


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true",
                     help="the attacks in the numbers that take minutes (1,000 gone clients, ...)")


@pytest.fixture
def long(request):
    return request.config.getoption("--long", default=False)


@pytest.fixture(scope="session")
def at_rest(service):
    """The shared service before the first attack."""
    return Rest.of(service)


@pytest.fixture(scope="session")
def level(service):
    return service.request("GET", "/info").json["isolation"]["level"]


@pytest.fixture(autouse=True)
def unharmed(request):
    """Only for tests of the shared service; one with a service of its own looks for itself."""
    if "service" not in request.fixturenames and "execute" not in request.fixturenames:
        yield
        return
    running = request.getfixturevalue("service")
    before = request.getfixturevalue("at_rest")
    yield
    assert running.process.poll() is None, f"the service died:\n{running.log_text()}"
    assert_unharmed(running, before)
