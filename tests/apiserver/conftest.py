"""`cluster`: one API server for the whole session, ended after it."""

import pytest

from apiserver.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()
