"""A client library of Piston's API, the real package, against /compat/piston."""

import asyncio

import pytest
import ultra_piston
from ultra_piston.errors import BadRequestError


@pytest.fixture
def client(service):
    return ultra_piston.PistonClient(base_url=f"http://127.0.0.1:{service.port}/compat/piston/api/v2/", rate_limit=0)


def test_it_lists_runtimes_and_packages(client):
    (runtime,) = client.get_runtimes()
    assert runtime.language == "python" and "py" in runtime.aliases
    (package,) = client.get_packages()
    assert package.installed and package.language_version == runtime.version


def test_it_runs_a_program(client):
    output = client.post_execute("python", "*", ultra_piston.File(name="main.py", content="print(input())"), stdin="hello",
                            args=["a"], run_timeout=3_000)
    assert output.run.stdout == "hello\n" and output.run.code == 0 and output.run.signal is None
    assert output.version == client.get_runtimes()[0].version


def test_it_sees_how_a_program_failed(client):
    failed = client.post_execute("python", "3.10.0", ultra_piston.File(content="import sys\nsys.exit(4)"))
    assert failed.run.code == 4
    killed = client.post_execute("python", "*", ultra_piston.File(content="import time\ntime.sleep(9)"), run_timeout=500)
    assert killed.run.code is None and killed.run.signal == "SIGKILL"


def test_it_raises_for_other_languages(client):
    with pytest.raises(BadRequestError):
        client.post_execute("javascript", "*", ultra_piston.File(content="1"))


def test_it_runs_a_program_in_an_event_loop(client):
    output = asyncio.run(client.post_execute_async("py", "3.x", ultra_piston.File(content="print(6 * 7)")))
    assert output.run.output == "42\n"
