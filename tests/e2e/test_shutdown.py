"""SIGTERM drains: the run under way finishes, nobody new comes in, exit 0, nothing left."""

import threading
import time

import pytest


def run_in_background(service, script, replies):
    thread = threading.Thread(target=lambda: replies.append(service.execute(script)))
    thread.start()
    return thread


def test_run_under_way_is_finished_and_exit_is_0(start_service):
    service = start_service()
    replies = []
    thread = run_in_background(service, "import time\ndef main():\n    time.sleep(2)\n    return 'finished'\n", replies)
    time.sleep(0.7)
    service.terminate()
    thread.join()
    assert replies[0].result == "finished"
    assert service.process.wait(timeout=15) == 0


def test_idle_service_ends_at_once(start_service):
    service = start_service()
    service.terminate()
    started = time.monotonic()
    assert service.process.wait(timeout=15) == 0
    assert time.monotonic() - started < 5


def test_no_new_client_is_accepted_while_it_drains(start_service):
    service = start_service()
    replies = []
    thread = run_in_background(service, "import time\ndef main():\n    time.sleep(2)\n", replies)
    time.sleep(0.7)
    service.terminate()
    time.sleep(0.3)
    with pytest.raises(OSError):
        reply = service.execute("def main():\n    return 'late'\n")
        assert reply.status == 503
        raise OSError("refused with 503")
    thread.join()
    assert service.process.wait(timeout=15) == 0


def test_killed_service_leaves_no_process(start_service):
    service = start_service()
    run_in_background_quietly(service)
    time.sleep(0.5)
    service.process.kill()
    assert service.process.wait(timeout=15) == -9
    # start_service's own check finds what is left


def run_in_background_quietly(service):
    def run():
        try:
            service.execute("import time\ndef main():\n    time.sleep(20)\n")
        except (OSError, ValueError):
            pass
    threading.Thread(target=run, daemon=True).start()
