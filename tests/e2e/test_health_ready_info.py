"""The pages that tell of the service itself."""

import re
import subprocess
import time

from service import BINARY, free_port


def test_health_has_two_fields_exactly(service):
    before = time.time()
    reply = service.request("GET", "/health")
    assert reply.status == 200
    assert set(reply.json) == {"status", "timestamp"}
    assert reply.json["status"] == "healthy"
    assert isinstance(reply.json["timestamp"], float)
    assert before - 1 <= reply.json["timestamp"] <= time.time() + 1


def test_ready_is_200_when_scripts_can_be_run(service):
    reply = service.request("GET", "/ready")
    assert reply.status == 200
    assert reply.headers["Content-Type"].split(";")[0] == "application/json"


def test_head_of_health_is_its_header_alone(service):
    reply = service.request("HEAD", "/health")
    assert reply.status == 200
    assert reply.headers["Content-Type"].split(";")[0] == "application/json"
    assert int(reply.headers["Content-Length"]) > 0
    assert reply.body == b""


def test_info_tells_versions_limits_and_isolation(service):
    info = service.request("GET", "/info").json
    assert re.match(r"\d+\.\d+\.\d+", info["version"])
    text = str(info)
    for word in ("python", "numpy", "pandas", "limits", "level", "layers"):
        assert word in text, word
    assert info["isolation"]["level"] in ("full", "fallback")
    for layer in info["isolation"]["layers"]:
        assert layer["state"] in ("on", "off", "not_needed"), layer
        assert layer["state"] == "on" or layer["why"], f"a layer that is off must say why: {layer}"


def test_info_tells_what_binds_the_server_itself(service):
    layers = {layer["name"]: layer for layer in service.request("GET", "/info").json["server"]["layers"]}
    for name in ("no capabilities", "no_new_privs", "seccomp filter"):
        assert layers[name]["state"] == "on", layers
    assert layers["landlock"]["state"] == "on" or layers["landlock"]["why"], layers


def test_health_answers_while_runs_are_under_way(service):
    import threading
    script = "import time\ndef main():\n    time.sleep(2)\n"
    runs = [threading.Thread(target=service.execute, args=(script,)) for _ in range(6)]
    for run in runs:
        run.start()
    time.sleep(0.3)
    assert service.request("GET", "/health").elapsed_s < 1
    for run in runs:
        run.join()


def test_runs_side_by_side_get_their_own_answers(service):
    from concurrent.futures import ThreadPoolExecutor
    scripts = [f"import time\ndef main():\n    print({n})\n    time.sleep(0.05)\n    return {n}\n" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(service.execute, scripts))
    for number, reply in enumerate(replies):
        if reply.status == 503:
            assert int(reply.headers["Retry-After"]) >= 1
            continue
        assert reply.json == {"result": number, "stdout": f"{number}\n"}
    assert sum(reply.status == 200 for reply in replies) >= 8


def test_the_health_command_asks_whether_scripts_can_be_run(service):
    done = subprocess.run([BINARY, "health", "--port", str(service.port)], timeout=30, check=False)
    assert done.returncode == 0


def test_the_health_command_fails_where_nothing_listens():
    done = subprocess.run([BINARY, "health", "--port", str(free_port())], timeout=30, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 1 and "refused" in done.stderr
