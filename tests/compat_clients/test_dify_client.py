"""A client library of Dify's sandbox, the real package, against /compat/dify."""

import pytest
from dify_sandbox import DifySandboxClient


@pytest.fixture
def client(service):
    return DifySandboxClient(base_url=f"http://127.0.0.1:{service.port}/compat/dify")


def test_health(client):
    assert client.health_check()


def test_python_runs(client):
    assert client.run_python("print('Hello')", enable_network=True).stdout == "Hello\n"


def test_a_failure_is_told(client):
    failed = client.run_python("1 / 0")
    assert "ZeroDivisionError" in failed.error


def test_javascript_is_not_supported(client):
    with pytest.raises(Exception, match="runs Python only"):
        client.run_nodejs("console.log(1)")


def test_dependencies(client):
    assert {one["name"] for one in client.get_dependencies().dependencies} >= {"numpy", "jinja2"}
    client.refresh_dependencies()
    with pytest.raises(Exception, match="part of the sandbox's image"):
        client.update_dependencies()
