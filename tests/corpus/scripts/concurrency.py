# Threads, executors, asyncio, select. Never a second process.
# Scripts that do not depend on each other, therefore longer than 350 lines.

# %% threads
import threading

def main():
    results = []
    threads = [threading.Thread(target=lambda n=n: results.append(n * n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)

# %% many_threads_in_turn
import threading

def main():
    count = 0
    def work():
        nonlocal count
        count += 1
    for _ in range(100):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    return count

# %% threads_at_once
import threading

def main():
    barrier = threading.Barrier(20)
    order = []
    def work(n):
        barrier.wait()
        order.append(n)
    threads = [threading.Thread(target=work, args=(n,)) for n in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return sorted(order) == list(range(20))

# %% locks
import threading

def main():
    lock, counter = threading.Lock(), {"n": 0}
    def work():
        for _ in range(1000):
            with lock:
                counter["n"] += 1
    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return counter["n"], lock.acquire(timeout=0.01), lock.acquire(timeout=0.01)

# %% conditions_and_events
import threading

def main():
    condition, ready, items = threading.Condition(), threading.Event(), []
    def consumer():
        with condition:
            ready.set()
            condition.wait_for(lambda: items, timeout=5)
    thread = threading.Thread(target=consumer)
    thread.start()
    ready.wait(5)
    with condition:
        items.append(1)
        condition.notify_all()
    thread.join()
    return items, threading.Event().wait(0.01)

# %% semaphore_and_rlock
import threading

def main():
    semaphore, lock = threading.BoundedSemaphore(2), threading.RLock()
    with semaphore, lock, lock:
        free = semaphore.acquire(blocking=False)
        return free, semaphore.acquire(timeout=0.01)

# %% timer_and_local
import threading

def main():
    local, fired = threading.local(), threading.Event()
    local.value = 1
    threading.Timer(0.01, fired.set).start()
    return fired.wait(5), local.value, threading.current_thread().name

# %% thread_exception_hook
import threading

def main():
    seen = []
    threading.excepthook = lambda arguments: seen.append(arguments.exc_type.__name__)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return seen

# %% thread_stack_size
import threading

def main():
    threading.stack_size(256 * 1024)
    out = []
    thread = threading.Thread(target=out.append, args=(threading.stack_size(),))
    thread.start()
    thread.join()
    return out, threading.get_native_id() > 0

# %% daemon_thread
import threading
import time

def main():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return threading.active_count()

# %% queues
import queue
import threading

def main():
    tasks, results = queue.Queue(maxsize=2), queue.SimpleQueue()
    def zygote():
        while (item := tasks.get()) is not None:
            results.put(item * 2)
            tasks.task_done()
    thread = threading.Thread(target=zygote)
    thread.start()
    for n in range(10):
        tasks.put(n)
    tasks.join()
    tasks.put(None)
    thread.join()
    try:
        queue.LifoQueue().get(timeout=0.01)
    except queue.Empty:
        return [results.get() for _ in range(10)]

# %% thread_pool
from concurrent.futures import ThreadPoolExecutor, as_completed

def main():
    with ThreadPoolExecutor(4) as pool:
        squares = list(pool.map(lambda n: n * n, range(20)))
        done = sorted(f.result() for f in as_completed([pool.submit(pow, 2, n) for n in range(5)]))
    return squares, done

# %% thread_pool_default_size
import concurrent.futures
import os

def main():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        futures = [pool.submit(sum, range(n)) for n in range(10)]
        concurrent.futures.wait(futures, timeout=5)
    return [f.result() for f in futures], os.cpu_count() > 0

# %% thread_pool_exception
from concurrent.futures import ThreadPoolExecutor

def main():
    with ThreadPoolExecutor(1) as pool:
        return type(pool.submit(int, "x").exception()).__name__

# %% multiprocessing_dummy
from multiprocessing.dummy import Pool

def main():
    with Pool(3) as pool:
        return pool.map(len, ["a", "bb", "ccc"])

# %% multiprocessing_lock_in_threads
import multiprocessing
import threading
import time

def main():
    lock, count = multiprocessing.Lock(), [0]
    def add():
        for _ in range(20):
            with lock:  # which others wait for
                seen = count[0]
                time.sleep(0.0005)
                count[0] = seen + 1
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count[0]

# %% cpu_affinity_and_count
import os

def main():
    return len(os.sched_getaffinity(0)) > 0, os.cpu_count() > 0

# %% numpy_in_threads
import threading

import numpy as np

def main():
    results = [None] * 4
    def work(n):
        results[n] = float((np.arange(40_000).reshape(200, 200) @ np.ones((200, 200)))[n, 0])
    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return results

# %% asyncio_gather
import asyncio

async def work(n):
    await asyncio.sleep(0.001 * n)
    return n * n

def main():
    async def run():
        return await asyncio.gather(*(work(n) for n in range(10)))
    return asyncio.run(run())

# %% asyncio_task_group_and_timeout
import asyncio

def main():
    async def run():
        results = []
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(asyncio.sleep(0.001, n)) for n in range(3)]
        results += [t.result() for t in tasks]
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            results.append("timeout")
        return results
    return asyncio.run(run())

# %% asyncio_wait_for_and_cancel
import asyncio

def main():
    async def run():
        task = asyncio.create_task(asyncio.sleep(10))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.01)
        except asyncio.TimeoutError:
            return task.cancelled(), "timed out"
    return asyncio.run(run())

# %% asyncio_queue_and_locks
import asyncio

def main():
    async def run():
        queue, lock, out = asyncio.Queue(2), asyncio.Lock(), []
        async def produce():
            for n in range(6):
                await queue.put(n)
            await queue.put(None)
        async def consume():
            while (item := await queue.get()) is not None:
                async with lock:
                    out.append(item)
        await asyncio.gather(produce(), consume())
        return out
    return asyncio.run(run())

# %% asyncio_threads
import asyncio
import time

def main():
    async def run():
        loop = asyncio.get_running_loop()
        a = asyncio.to_thread(time.sleep, 0.001)
        b = loop.run_in_executor(None, sum, range(100))
        await a
        return await b
    return asyncio.run(run())

# %% asyncio_call_soon_threadsafe
import asyncio
import threading

def main():
    async def run():
        loop, future = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, 7)).start()
        return await future
    return asyncio.run(run())

# %% asyncio_signal_handler
import asyncio
import os
import signal

def main():
    async def run():
        loop, seen = asyncio.get_running_loop(), asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, seen.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        await asyncio.wait_for(seen.wait(), 5)
        loop.remove_signal_handler(signal.SIGUSR1)
        return True
    return asyncio.run(run())

# %% asyncio_streams_over_a_pair
import asyncio
import socket

def main():
    async def run():
        left, right = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=left)
        other_reader, other_writer = await asyncio.open_connection(sock=right)
        writer.write(b"ping\n")
        await writer.drain()
        line = await other_reader.readline()
        other_writer.writelines([b"po", b"ng"])
        other_writer.close()
        return line.decode(), (await reader.read()).decode()
    return asyncio.run(run())

# %% asyncio_pipes
import asyncio
import os

def main():
    async def run():
        loop = asyncio.get_running_loop()
        read_end, write_end = os.pipe()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb"))
        os.write(write_end, b"data")
        os.close(write_end)
        return (await reader.read()).decode()
    return asyncio.run(run())

# %% async_generators
import asyncio

async def ticker(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)

def main():
    async def run():
        return [i async for i in ticker(5) if i % 2 == 0]
    return asyncio.run(run())

# %% asyncio_runner_twice
import asyncio

def main():
    with asyncio.Runner() as runner:
        one = runner.run(asyncio.sleep(0, 1))
        two = runner.run(asyncio.sleep(0, 2))
    loop = asyncio.new_event_loop()
    three = loop.run_until_complete(asyncio.sleep(0, 3))
    loop.close()
    return one, two, three

# %% socket_pair
import socket

def main():
    a, b = socket.socketpair()
    with a, b:
        a.sendall(b"hello")
        a.settimeout(0.01)
        data = b.recv(100)
        try:
            a.recv(1)
        except TimeoutError:
            return data.decode(), "timed out"

# %% socket_pair_as_file
import socket

def main():
    a, b = socket.socketpair()
    writer, reader = a.makefile("w"), b.makefile("r")
    writer.write("line\n")
    writer.flush()
    return reader.readline()

# %% select
import os
import select

def main():
    reader, writer = os.pipe()
    nothing = select.select([reader], [], [], 0.01)[0]
    os.write(writer, b"x")
    ready = select.select([reader], [writer], [], 1)
    return nothing, len(ready[0]), len(ready[1])

# %% poll_and_epoll
import os
import select

def main():
    reader, writer = os.pipe()
    os.write(writer, b"x")
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    with select.epoll() as epoll:
        epoll.register(reader, select.EPOLLIN)
        epoll.modify(reader, select.EPOLLIN | select.EPOLLET)
        events = epoll.poll(0.1)
        epoll.unregister(reader)
    return len(poll.poll(100)), len(events)

# %% selectors
import os
import selectors

def main():
    reader, writer = os.pipe()
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ, "data")
        empty = selector.select(0)
        os.write(writer, b"x")
        return empty, [key.data for key, _ in selector.select(1)]

# %% context_variables
import asyncio
import contextvars

name = contextvars.ContextVar("name", default="nobody")

def main():
    async def run():
        async def child(value):
            name.set(value)
            await asyncio.sleep(0)
            return name.get()
        return await asyncio.gather(child("a"), child("b")), name.get()
    return asyncio.run(run())

