"""After every attack the service must be as it was: `unharmed` looks, for each test here."""

import sys
import time

import pytest

from attacks.aftermath import Rest, assert_unharmed
from attacks.sessions import Session

# A case returns an integer of 5,000 digits: the client has to read it.
sys.set_int_max_str_digits(0)


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true",
                     help="the attacks in the numbers that take minutes (1,000 gone clients, ...)")


@pytest.fixture
def long(request):
    return request.config.getoption("--long", default=False)


@pytest.fixture(scope="session")
def rests():
    """Each service of the session as it was before its first attack, by its process id."""
    return {}


@pytest.fixture
def level(service):
    """Of isolation, as /info says it."""
    return service.request("GET", "/info").json["isolation"]["level"]


@pytest.fixture
def session(service):
    """A new session of the shared service."""
    if not service.has_sessions():
        pytest.skip("needs: sessions")
    made = Session(service)
    time.sleep(0.2)  # until the last run's state is kept
    yield made
    made.end()


@pytest.fixture(autouse=True)
def unharmed(request, rests):
    """Only for tests of the shared service; one with a service of its own looks for itself."""
    if "service" not in request.fixturenames and "execute" not in request.fixturenames:
        yield
        return
    running = request.getfixturevalue("service")
    pid = running.process.pid
    if pid not in rests:
        rests[pid] = Rest.of(running)
    yield
    if running.process.poll() is None:  # else the fixture `service` says that it died
        assert_unharmed(running, rests[pid])
