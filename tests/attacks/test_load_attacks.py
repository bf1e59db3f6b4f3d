"""Attacks 285-286: clients that send what costs the service most for what it costs them. Nobody else may
wait for them."""

import asyncio
import random
import string
import threading
import time

from attacks.raw_http import OK_SCRIPT, body_of, post

HEALTH_TIME_MAX_S = 0.4  # of a loaded machine; one body alone blocked the loop for half a second and more


class Prober:
    """Asks for /health over and over, and keeps the longest time that an answer took."""

    def __init__(self, service):
        self.service = service
        self.longest_s = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.probe)

    def probe(self):
        while not self.over.is_set():
            self.longest_s = max(self.longest_s, self.service.request("GET", "/health").elapsed_s)
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


# ---- 285: bodies that take long to decode ----

def body_of_many_keys():
    """An object of a million keys in 9.5 MB, in an order in which sorting them takes longest."""
    letters = random.Random(1).choices(string.ascii_letters + string.digits, k=4 * 1_050_000)
    keys = {"".join(letters[at:at + 4]) for at in range(0, len(letters), 4)}
    members = ",".join(f'"{key}":0' for key in keys)
    return b'{"script": "def main(**args):\\n    return 1", "args": {%s}}' % members.encode()


def test_285_large_bodies_block_neither_the_loop_nor_a_deadline(service):
    body = body_of_many_keys()
    answers, timed = [], []
    with Prober(service) as prober:
        senders = [threading.Thread(target=lambda: answers.append(service.post_json(body)))
                   for _ in range(4)]
        for sender in senders:
            sender.start()
        while any(sender.is_alive() for sender in senders):
            timed.append(service.execute("while True: pass", limits={"wall_time_s": 1, "cpu_time_s": 1}))
        for sender in senders:
            sender.join()
    assert {answer.status for answer in answers} <= {200, 422, 503}, answers
    assert all(run.status == 422 for run in timed), timed
    assert max(run.elapsed_s for run in timed) < 5
    assert prober.longest_s < HEALTH_TIME_MAX_S


# ---- 286: clients that send again at once, whatever Retry-After says ----

class Crowd:
    """Clients in a closed loop. Counts the answers by status."""

    def __init__(self, service, clients):
        self.port = service.port
        self.clients = clients
        self.counts = {}

    async def client(self, until):
        request = post(body_of(OK_SCRIPT))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while time.monotonic() < until:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            status = int(head[9:12])
            self.counts[status] = self.counts.get(status, 0) + 1
        writer.close()

    async def run_for(self, seconds):
        until = time.monotonic() + seconds
        await asyncio.gather(*(self.client(until) for _ in range(self.clients)))
        return self.counts


def test_286_refusals_do_not_take_the_processor_from_the_runs(service):
    seconds = 4
    few = asyncio.run(Crowd(service, 8).run_for(seconds))
    assert set(few) == {200}
    with Prober(service) as prober:
        many = asyncio.run(Crowd(service, 500).run_for(seconds))
    assert set(many) == {200, 503}
    # The last answers come a moment after the end.
    assert many[503] < 1_500 * (seconds + 2), "refusals are not held to a rate"
    assert many[200] > few[200] / 3, f"{few} with few clients, {many} with many"
    assert prober.longest_s < HEALTH_TIME_MAX_S
