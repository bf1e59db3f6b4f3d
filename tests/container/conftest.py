"""`engine`: the one that FORKJAIL_TEST_ENGINE names, which holds the image: ./test builds it, since that
takes longer than any test may. `start` runs containers of it and takes them away again."""

import os

import pytest

from container.engine import ENGINES, IMAGE, Container


@pytest.fixture(scope="session")
def engine():
    return ENGINES[os.environ["FORKJAIL_TEST_ENGINE"]]()


@pytest.fixture(scope="session")
def archive(engine, tmp_path_factory):
    """Every file of the image, by the engine's own export."""
    path = tmp_path_factory.mktemp("image") / "root.tar"
    name = engine("create", IMAGE).stdout.strip()
    try:
        engine("export", "--output", str(path), name)
    finally:
        engine("rm", name)
    return path


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
        try:
            container = Container(engine, *flags, **options)
        except RuntimeError as error:
            if "unable to apply caps" in str(error):
                pytest.skip("root of this machine lacks a capability that the container wants")
            raise
        started.append(container)
        return container.wait_until_ready() if ready else container

    yield run
    for container in started:
        container.remove()
