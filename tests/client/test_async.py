"""AsyncForkjail: the same service, awaited."""

import asyncio

import pytest

import forkjail
from forkjail import AsyncForkjail, Finished, Stdout


def run_async(url, use):
    async def main():
        async with AsyncForkjail(url) as client:
            return await use(client)

    return asyncio.run(main())


def test_runs_at_one_time(url):
    async def use(client):
        return await asyncio.gather(*(client.execute("def main(n): return n", args={"n": n}) for n in range(10)))

    assert [result.result for result in run_async(url, use)] == list(range(10))


def test_failures(url):
    async def use(client):
        with pytest.raises(forkjail.ScriptException):
            await client.execute("def main(): 1/0")
        with pytest.raises(forkjail.ScriptException):
            async for _ in client.stream("def main(): 1/0"):
                pass
        with pytest.raises(forkjail.RequestError):
            await client.execute("x", mode="other")

    run_async(url, use)


def test_stream(url):
    async def use(client):
        async with client.stream("print('a')", mode="program") as stream:
            events = [event async for event in stream]
        return events, stream.result

    events, result = run_async(url, use)
    assert events[0] == Stdout("a\n")
    assert events[-1] == Finished(result)


def test_stream_that_is_left_ends_its_run(url):
    async def use(client):
        async with client.stream("import time\nprint(1, flush=True)\ntime.sleep(25)", mode="program") as stream:
            async for _ in stream:
                break
        for _ in range(200):
            if not (await client.info())["pool"]["in_use"]:
                return True
            await asyncio.sleep(0.05)
        return False

    assert run_async(url, use)


@pytest.mark.usefixtures("need_sessions")
def test_session(url, tmp_path):
    (tmp_path / "local").write_text("of a path")

    async def use(client):
        async with await client.session(files={"f": "x"}) as session:
            await session.run("x = 1")
            branch = session.branch()
            await session.run("x = 2")
            assert (await branch.run("x")).result == 1
            assert (await session.run("x")).result == 2
            await session.rollback(branch.state)
            assert (await session.run("x")).result == 1
            await session.upload("g", tmp_path / "local")
            assert await session.download("g") == b"of a path"
            await session.delete_file("g")
            assert [file.path for file in await session.files()] == ["f"]
            assert (await session.states())[-1].state == session.state
            assert [event async for event in session.stream("x")][-1].result.result == 1
            assert await session.interrupt() is False
            attached = await client.attach(session.id)
            assert (await attached.run("x")).result == 1
            assert await client.sessions() == []
        with pytest.raises(forkjail.SessionGone):
            await session.run("x")

    run_async(url, use)
