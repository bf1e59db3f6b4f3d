"""The LangChain tool, called as LangChain calls tools."""

import asyncio

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool

from client_package import examples, run_example
from forkjail.langchain import FRESH, ForkjailTool


@pytest.fixture
def tool(client):
    tool = ForkjailTool(client=client, session_files={"data.csv": "a,b\n1,2\n"})
    yield tool
    tool.close()


def call(tool, code):
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {"code": code}})


def test_schema_is_what_a_model_is_given(tool):
    function = convert_to_openai_tool(tool)["function"]
    assert function["name"] == "run_python"
    assert function["parameters"]["required"] == ["code"]
    assert "no network" in function["description"]


def test_state_stays_from_call_to_call(tool):
    assert "no output" in tool.invoke({"code": "x = open('data.csv').read().split()"})
    assert tool.invoke({"code": "print('seen')\nx"}) == "seen\n['a,b', '1,2']"


def test_message_has_text_and_artifact(tool):
    message = call(tool, "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nopen('made', 'w').write('x');")
    assert isinstance(message, ToolMessage)
    assert "(figures: 1)" in message.content
    assert "made, 1 bytes" in message.content
    assert message.artifact.figures[0].png.startswith(b"\x89PNG")


def test_failure_is_text_for_the_model(tool):
    tool.invoke({"code": "kept = 1"})
    message = call(tool, "print('so far')\nkept / 0")
    assert message.content.startswith("so far\n")
    assert "ZeroDivisionError: division by zero" in message.content
    assert tool.invoke({"code": "kept"}) == "1"


def test_time_limit_is_text_and_leaves_the_state(client):
    tool = ForkjailTool(client=client, limits={"cpu_time_s": 1})
    tool.invoke({"code": "x = 1"})
    assert "CPU time limit exceeded (1 s)" in tool.invoke({"code": "x = 2\nwhile True: pass"})
    assert tool.invoke({"code": "x"}) == "1"
    tool.close()


def test_session_that_ended_is_begun_anew_and_says_so(client, tool):
    tool.invoke({"code": "x = 1"})
    client.attach(tool._session.id).close()
    assert tool.invoke({"code": "'x' in globals()"}) == FRESH + "False"


def test_long_output_is_shortened_in_the_middle(client):
    tool = ForkjailTool(client=client, characters_max=100)
    text = tool.invoke({"code": "print('a' * 1000 + 'end')"})
    assert text.startswith("aaa")
    assert text.endswith("end")
    assert len(text) < 200
    tool.close()


def test_async_call(tool):
    assert asyncio.run(tool.ainvoke({"code": "6 * 7"})) == "42"


@pytest.mark.parametrize("example", [text for text in examples(extra=True) if "langchain" in text])
def test_example_of_the_readme_works(example, url):
    run_example(example, url)
