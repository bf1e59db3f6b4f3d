"""A client of the old era, with mcp<2 and LangChain's adapters: does what a user does and prints what
came of it as JSON. Runs in a venv of its own, since mcp 2 has the same name."""

import asyncio
import json
import sys

from langchain_mcp_adapters.client import MultiServerMCPClient
from mcp import ClientSession, types
from mcp.client.streamable_http import streamablehttp_client

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()"


def texts_of(result):
    return "\n".join(block.text for block in result.content if block.type == "text")


async def cancel_a_run(session, state):
    """As its user does: by a notification that names the request."""
    number = session._request_id  # the next one's: the public call does not tell it
    run = asyncio.create_task(session.call_tool("run_python", {
        "session_id": state, "code": "import time\nx = 9\ntime.sleep(25)"}))
    await asyncio.sleep(1)
    await session.send_notification(types.ClientNotification(types.CancelledNotification(
        method="notifications/cancelled",
        params=types.CancelledNotificationParams(requestId=number, reason="not needed"))))
    try:
        await asyncio.wait_for(run, 15)
    except Exception as error:
        return str(error)
    return "not cancelled"


async def use_mcp(url):
    async with streamablehttp_client(url) as (read, write, session_id_of):
        async with ClientSession(read, write) as session:
            hello = await session.initialize()
            tools = await session.list_tools()
            state = json.loads(texts_of(await session.call_tool("create_session")))["session_id"]

            async def run(code, **more):
                return await session.call_tool("run_python", {"code": code, "session_id": state, **more})

            first = texts_of(await run("x = 1\nx"))
            kept = texts_of(await run("x += 1\nx"))
            branch = texts_of(await run("x", from_state=first.split("Session state: ")[1]))
            figure = await session.call_tool("run_python", {"code": FIGURE})
            error = await run("1 / 0")
            cancelled = await cancel_a_run(session, state)
            after = texts_of(await run("x"))
            await session.send_ping()
            return {"version": hello.protocolVersion, "name": hello.serverInfo.name,
                    "session_id": session_id_of(), "tools": [tool.name for tool in tools.tools],
                    "kept": kept, "branch": branch,
                    "figure": [[block.type, getattr(block, "data", "")[:11]] for block in figure.content],
                    "error": [error.isError, texts_of(error)], "cancelled": cancelled, "after": after}


async def use_langchain(url):
    client = MultiServerMCPClient({"python": {"url": url, "transport": "streamable_http"}})
    tools = {tool.name: tool for tool in await client.get_tools()}
    hello = await tools["run_python"].ainvoke({"code": "print('hello')\n6 * 7"})
    figure = await tools["run_python"].ainvoke({"code": FIGURE})
    try:
        error = str(await tools["run_python"].ainvoke({"code": "1 / 0"}))
    except Exception as failure:
        error = str(failure)
    return {"tools": list(tools), "hello": hello, "figure": figure, "error": error}


print(json.dumps(asyncio.run({"mcp": use_mcp, "langchain": use_langchain}[sys.argv[1]](sys.argv[2])),
                 default=str))
