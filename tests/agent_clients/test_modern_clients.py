"""Clients in Python that speak both eras, as their users write them: mcp 2, fastmcp, pydantic-ai,
openai-agents."""

import asyncio
import json

import pytest
from mcp_clients import FIGURE, PNG_IN_BASE64, TOOLS

import fastmcp
from agents.mcp import MCPServerStreamableHttp
from mcp import Client
from pydantic_ai import Agent as PydanticAgent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import FunctionModel

MODERN = "2026-07-28"
LEGACY = "2025-11-25"


def texts_of(result):
    return "\n".join(block.text for block in result.content if block.type == "text")


def images_of(result):
    return [block for block in result.content if block.type == "image"]


# ---- mcp 2, in both eras ----

@pytest.fixture(params=["auto", "legacy"])
def mode(request):
    return request.param


def test_mcp_agrees_on_the_newest_version_of_its_era(url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            return client.protocol_version, client.server_info.name, client.instructions

    version, name, instructions = asyncio.run(use())
    assert version == (MODERN if mode == "auto" else LEGACY)
    assert name == "forkjail"
    assert "run_python" in instructions


def test_mcp_lists_the_tools_with_their_limits(url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(use())
    assert [tool.name for tool in tools] == TOOLS
    assert "30 s of wall time" in tools[0].description and "numpy" in tools[0].description
    assert tools[0].output_schema is None  # or clients drop the figures


def test_mcp_runs_code_shows_figures_and_errors(url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            return (await client.call_tool("run_python", {"code": "print('hello')\n6 * 7"}),
                    await client.call_tool("run_python", {"code": FIGURE}),
                    await client.call_tool("run_python", {"code": "a = 1\n\na / 0"}),
                    await client.call_tool("run_python", {"source": "1"}))

    hello, figure, error, wrong = asyncio.run(use())
    assert not hello.is_error and texts_of(hello) == "hello\n\n42"
    assert images_of(figure)[0].data.startswith(PNG_IN_BASE64)
    assert images_of(figure)[0].mime_type == "image/png"
    assert error.is_error
    assert "ZeroDivisionError: division by zero (line 3" in texts_of(error)
    assert 'File "script.py", line 3' in texts_of(error)
    assert wrong.is_error and "source: there is no such argument" in texts_of(wrong)


def test_mcp_keeps_state_in_a_session_and_branches(url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            made = json.loads(texts_of(await client.call_tool("create_session")))
            session = made["session_id"]

            async def run(code, **more):
                return await client.call_tool("run_python", {"code": code, "session_id": session, **more})

            await run("x = 1")
            second = texts_of(await run("x += 1\nx"))
            state = second.split("Session state: ")[1]
            third = texts_of(await run("x *= 100\nx"))
            branch = texts_of(await run("x + 5", from_state=state))
            killed = await run("x = 0\nwhile True: pass", timeout_s=0.5)
            after = texts_of(await run("x"))
            states = json.loads(texts_of(await client.call_tool("list_states", {"session_id": session})))
            ended = await client.call_tool("end_session", {"session_id": session})
            gone = await run("x")
            return second, third, branch, killed, after, states, ended, gone

    second, third, branch, killed, after, states, ended, gone = asyncio.run(use())
    assert second.startswith("2\n") and third.startswith("200\n") and branch.startswith("7\n")
    assert killed.is_error and "wall time limit exceeded (0.5 s)" in texts_of(killed)
    assert "went back to its state before this run" in texts_of(killed)
    assert after.startswith("2\n")  # the branch is where the session is
    assert len(states["states"]) >= 4 and states["session_id"]
    assert not ended.is_error
    assert gone.is_error and "create_session" in texts_of(gone)


def test_mcp_moves_files_in_and_out(url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            once = await client.call_tool("run_python", {
                "code": "open('out.txt', 'w').write(open('in/a.txt').read().upper())",
                "files": [{"path": "in/a.txt", "content": "abc"}]})
            session = json.loads(texts_of(await client.call_tool("create_session")))["session_id"]
            await client.call_tool("write_file", {"session_id": session, "path": "a b.bin",
                                                  "content": "AAEC/w==", "encoding": "base64"})
            made = await client.call_tool("run_python", {
                "session_id": session,
                "code": "data = open('a b.bin', 'rb').read()\nopen('big.csv', 'w').write('1,2\\n' * 5000)\ndata"})
            link = next(block for block in made.content if block.type == "resource_link")
            resource = await client.read_resource(str(link.uri))
            binary = await client.call_tool("read_file", {"session_id": session, "path": "a b.bin"})
            missing = await client.call_tool("read_file", {"session_id": session, "path": "nothing"})
            return once, made, link, resource, binary, missing

    once, made, link, resource, binary, missing = asyncio.run(use())
    assert "out.txt (text/plain, 3 bytes)" in texts_of(once) and "out.txt:\nABC" in texts_of(once)
    assert "b'\\x00\\x01\\x02\\xff'" in texts_of(made)
    assert link.name == "big.csv" and link.mime_type == "text/csv" and link.size == 20_000
    assert resource.contents[0].text == "1,2\n" * 5000
    assert binary.content[0].resource.blob == "AAEC/w=="
    assert missing.is_error


def test_mcp_reports_progress(url, mode):
    told = []

    async def note(progress, total, message):
        told.append((progress, total, message))

    async def use():
        async with Client(url, mode=mode) as client:
            return await client.call_tool(
                "run_python", {"code": "import time\nfor i in range(6):\n    print('step', i)\n    time.sleep(0.4)"},
                progress_callback=note)

    assert "step 5" in texts_of(asyncio.run(use()))
    assert len(told) >= 2
    assert [progress for progress, *_ in told] == sorted({progress for progress, *_ in told})
    assert told[-1][2].startswith("step ")


def test_mcp_cancels_a_run(service, url, mode):
    async def use():
        async with Client(url, mode=mode) as client:
            session = json.loads(texts_of(await client.call_tool("create_session")))["session_id"]
            await client.call_tool("run_python", {"session_id": session, "code": "x = 1"})
            run = asyncio.create_task(client.call_tool(
                "run_python", {"session_id": session, "code": "import time\nx = 2\ntime.sleep(25)"}))
            while service.request("GET", "/info").json["pool"]["running"] == 0:
                await asyncio.sleep(0.05)
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
            return texts_of(await client.call_tool("run_python", {"session_id": session, "code": "x"}))

    assert asyncio.run(asyncio.wait_for(use(), 20)).startswith("1\n")  # long before the run's own end


# ---- fastmcp ----

def test_fastmcp(url):
    async def use():
        async with fastmcp.Client(url) as client:
            tools = await client.list_tools()
            session = json.loads((await client.call_tool("create_session")).content[0].text)["session_id"]
            await client.call_tool("run_python", {"session_id": session, "code": "x = 20"})
            kept = await client.call_tool("run_python", {"session_id": session, "code": "x + 1"})
            branch = await client.call_tool("run_python", {"session_id": session, "code": "x = 0",
                                                           "from_state": "s1"}, raise_on_error=False)
            figure = await client.call_tool("run_python", {"code": FIGURE})
            with pytest.raises(fastmcp.exceptions.ToolError, match="NameError"):
                await client.call_tool("run_python", {"code": "nothing"})
            return tools, kept, branch, figure

    tools, kept, branch, figure = asyncio.run(use())
    assert [tool.name for tool in tools] == TOOLS
    assert kept.content[0].text == "21"
    assert not branch.is_error
    assert [block.type for block in figure.content][0] == "image"


# ---- pydantic-ai: an agent whose model is scripted ----

def test_pydantic_ai_agent_plots_a_csv(url):
    code = ("import pandas as pd, matplotlib.pyplot as plt\n"
            "frame = pd.read_csv('data.csv')\nframe.plot(x='day', y='sales')\nplt.show()\nframe.sales.sum()")
    seen = []

    def model(messages, info):
        seen.append([tool.name for tool in info.function_tools])
        if len(messages) == 1:
            return ModelResponse(parts=[ToolCallPart("run_python", {
                "code": code, "files": [{"path": "data.csv", "content": "day,sales\n1,10\n2,30\n"}]})])
        return ModelResponse(parts=[TextPart(repr([part.content for part in messages[-1].parts]))])

    agent = PydanticAgent(FunctionModel(model), toolsets=[MCPToolset(url)])
    said = asyncio.run(agent.run("plot it")).output
    assert seen[0] == TOOLS
    assert "40" in said
    assert "image/png" in said or "BinaryImage" in said or "BinaryContent" in said


# ---- openai-agents ----

def test_openai_agents(url):
    async def use():
        async with MCPServerStreamableHttp(params={"url": url}, client_session_timeout_seconds=60) as server:
            tools = await server.list_tools()
            session = json.loads((await server.call_tool("create_session", {})).content[0].text)["session_id"]
            await server.call_tool("run_python", {"session_id": session, "code": "x = 20"})
            kept = await server.call_tool("run_python", {"session_id": session, "code": "x + 1"})
            figure = await server.call_tool("run_python", {"code": FIGURE})
            error = await server.call_tool("run_python", {"code": "1 / 0"})
            return tools, kept, figure, error

    tools, kept, figure, error = asyncio.run(use())
    assert [tool.name for tool in tools] == TOOLS
    assert kept.content[0].text == "21"
    assert figure.content[0].type == "image"
    failed = error.is_error if hasattr(error, "is_error") else error.isError
    assert failed and "ZeroDivisionError" in error.content[0].text


