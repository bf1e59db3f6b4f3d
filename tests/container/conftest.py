"""`engine`: the one that FORKJAIL_TEST_ENGINE names, with the image built from the Dockerfile by the
seed's own command. `start` runs containers of it and takes them away again."""

import os

import pytest

from container.engine import ENGINES, IMAGE, SOURCE, Container


@pytest.fixture(scope="session")
def engine():
    chosen = ENGINES[os.environ["FORKJAIL_TEST_ENGINE"]]()
    volumes = os.environ.get("FORKJAIL_TEST_BUILD_FLAGS", "").split()
    chosen("build", *chosen.build_flags, *volumes, "-t", IMAGE, str(SOURCE))
    return chosen


@pytest.fixture(scope="session")
def plain(engine):
    """What `docker run -p 8080:8080 python-executor` gives: no other flag. Shared, and kept alive."""
    container = Container(engine).wait_until_ready()
    yield container
    container.remove()


@pytest.fixture
def start(engine):
    started = []

    def run(*flags, ready=True, **options):
        container = Container(engine, *flags, **options)
        started.append(container)
        return container.wait_until_ready() if ready else container

    yield run
    for container in started:
        container.remove()
