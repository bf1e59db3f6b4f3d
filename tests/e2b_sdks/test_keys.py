"""With keys: E2B's clients send one to make a sandbox, and a token of the sandbox's own from then on."""

import json
import subprocess

import pytest
from e2b import (AuthenticationException, RateLimitException, SandboxNotFoundException, SandboxQuery,
                 TimeoutException)
from e2b_code_interpreter import Sandbox
from service import BINARY


def make_key(name, **terms):
    made = subprocess.run([BINARY, "key", "--name", name, "--prefix", "e2b_"], check=True, capture_output=True, text=True)
    key, row = made.stdout.splitlines()
    return key, {**json.loads(row), **terms}


@pytest.fixture
def keyed(start_service, tmp_path):
    """The service, and the keys of `one`, `two` (who may have two sessions) and `slow`."""
    made = {"one": make_key("one"), "two": make_key("two", sessions_max=2),
            "slow": make_key("slow", rate_per_s=0.01, burst=3)}
    file = tmp_path / "keys.json"
    file.write_text("".join(json.dumps(row) + "\n" for _, row in made.values()))
    file.chmod(0o600)
    service = start_service("--keys", str(file), ready=False).wait_until_ready(warm=False)
    return service, {name: key for name, (key, _) in made.items()}


def test_the_whole_of_a_sandbox_with_a_key(options_of, keyed):
    service, keys = keyed
    assert all(key.startswith("e2b_") for key in keys.values())
    options = options_of(service, keys["one"])
    with Sandbox.create(metadata={"app": "a&b=c"}, **options) as sandbox:
        context = sandbox.create_code_context()
        sandbox.run_code("x = 1", context=context)
        assert sandbox.run_code("x", context=context).text == "1"
        sandbox.files.write("a", "b")
        assert [each.path for each in sandbox.files.list(".")] == ["/scratch/work/a"]
        listed = Sandbox.list(**options).next_items()
        assert [each.sandbox_id for each in listed] == [sandbox.sandbox_id]
        for metadata, count in (({"app": "a&b=c"}, 1), ({"app": "other"}, 0)):
            assert len(Sandbox.list(query=SandboxQuery(metadata=metadata), **options).next_items()) == count
        sandbox.pause()
        assert [each.state.value for each in Sandbox.list(**options).next_items()] == ["paused"]
        assert Sandbox.connect(sandbox.sandbox_id, **options).run_code("1").text == "1"


def test_a_wrong_key_makes_nothing(options_of, keyed):
    service, _ = keyed
    with pytest.raises(AuthenticationException):
        Sandbox.create(**options_of(service, "e2b_" + "0" * 40))


def test_another_key_finds_no_sandbox(options_of, keyed):
    service, keys = keyed
    options = options_of(service, keys["two"])
    with Sandbox.create(**options_of(service, keys["one"])) as sandbox:
        for call in (Sandbox.connect, Sandbox.get_info):
            with pytest.raises(SandboxNotFoundException):
                call(sandbox.sandbox_id, **options)
        assert not Sandbox.kill(sandbox.sandbox_id, **options)
        assert Sandbox.list(**options).next_items() == []
        assert sandbox.run_code("1").text == "1"


@pytest.mark.parametrize("token", [None, "0" * 32])
def test_without_its_token_a_sandbox_is_closed(options_of, keyed, token):
    service, keys = keyed
    with Sandbox.create(**options_of(service, keys["one"])) as sandbox:
        other = Sandbox(sandbox_id=sandbox.sandbox_id, envd_version=sandbox._envd_version, sandbox_domain=None,
                        envd_access_token=token, traffic_access_token=token,
                        connection_config=sandbox.connection_config)
        with pytest.raises(TimeoutException, match="not found"):
            other.run_code("1")


def test_contexts_count_as_sessions_of_the_key(options_of, keyed):
    service, keys = keyed
    with Sandbox.create(**options_of(service, keys["two"])) as sandbox:
        sandbox.create_code_context()
        with pytest.raises(Exception, match="429"):
            sandbox.create_code_context()
        with pytest.raises(RateLimitException, match="2 sessions"):
            Sandbox.create(retries=0, **options_of(service, keys["two"]))


def test_runs_count_for_the_rate_of_the_key(options_of, keyed):
    service, keys = keyed
    sandbox = Sandbox.create(**options_of(service, keys["slow"]))
    assert sandbox.run_code("1").text == "1"
    assert sandbox.run_code("2").text == "2"
    with pytest.raises(Exception, match="429"):
        sandbox.run_code("3")
