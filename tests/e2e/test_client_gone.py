"""A client that hangs up in mid-run: the run is ended, nothing of it is left."""

import json
import socket
import struct
import time

SLEEP = "import time\ndef main():\n    time.sleep(25)\n"
SPIN = "def main():\n    while True:\n        pass\n"


def start_run(service, script):
    body = json.dumps({"script": script}).encode()
    connection = service.connect()
    connection.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    return connection


def reset(connection):
    """Closes with a reset instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def cpu_seconds_of_children(service):
    """CPU time that its cells burn now, by a short look at their clocks."""
    from service import processes_of

    def total():
        ticks = 0
        for pid in processes_of(service):
            try:
                fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12])
            except OSError:
                pass
        return ticks / 100

    before = total()
    time.sleep(1)
    return total() - before


def test_service_answers_the_next_request_at_once(service):
    for end in (socket.socket.close, reset):
        end(start_run(service, SLEEP))
        reply = service.execute("def main():\n    return 'next'\n")
        assert reply.result == "next"
        assert reply.elapsed_s < 5


def test_spinning_run_of_a_gone_client_is_killed(service):
    connection = start_run(service, SPIN)
    time.sleep(0.5)
    reset(connection)
    time.sleep(1)
    assert cpu_seconds_of_children(service) < 0.5


def test_100_gone_clients_leave_no_slot_taken(service):
    for _ in range(100):
        reset(start_run(service, SLEEP))
    deadline = time.monotonic() + 20
    while True:
        reply = service.execute("def main():\n    return 'free'\n")
        if reply.status == 200:
            assert reply.result == "free"
            break
        assert reply.status == 503 and time.monotonic() < deadline, reply.body
        time.sleep(0.2)


def test_half_a_request_does_not_disturb_others(service):
    connections = [service.connect() for _ in range(20)]
    for connection in connections:
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
    assert service.execute("def main():\n    return 1\n").result == 1
    for connection in connections:
        connection.close()
