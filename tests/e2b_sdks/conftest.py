"""E2B's own SDKs, pointed at the service as its users would: by two URLs."""

import pytest


@pytest.fixture
def options_of():
    """options_of(service, key) -> what Sandbox.create() and the other class methods take."""

    def options(service, key="e2b_0123456789abcdef"):
        url = f"http://127.0.0.1:{service.port}/compat/e2b"
        return {"api_url": url, "sandbox_url": url, "api_key": key}

    return options


@pytest.fixture
def options(service, options_of):
    return options_of(service)


@pytest.fixture
def sandbox(options):
    from e2b_code_interpreter import Sandbox

    with Sandbox.create(**options) as made:
        yield made
