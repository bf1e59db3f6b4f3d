"""The extras of clients/python, with the real packages that they are for, against the real service."""

import pytest

import client_package  # noqa: F401 - makes forkjail importable
from forkjail import Forkjail


@pytest.fixture
def url(service):
    if not service.has_sessions():
        pytest.skip("this place has no sessions with states: see sessions in /info")
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture
def client(url):
    with Forkjail(url) as client:
        yield client
