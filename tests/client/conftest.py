"""The package from the tree, against the real service."""

import pytest

import client_package  # noqa: F401 - makes forkjail importable
from forkjail import Forkjail


@pytest.fixture
def url(service):
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture(scope="session")
def clients():
    """One for each service: to make one takes longer than most of the tests."""
    made = {}
    yield made
    for client in made.values():
        client.close()


@pytest.fixture
def client(clients, url):
    if url not in clients:
        clients[url] = Forkjail(url)
    return clients[url]


@pytest.fixture
def need_sessions(service):
    if not service.has_sessions():
        pytest.skip("this place has no sessions with states: see sessions in /info")
