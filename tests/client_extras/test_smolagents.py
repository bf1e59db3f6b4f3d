"""The smolagents executor, under a real CodeAgent whose model is a script."""

import pytest
from PIL import Image
from smolagents import CodeAgent, Tool, tool
from smolagents.models import ChatMessage, MessageRole, Model
from smolagents.utils import AgentError

from client_package import examples, run_example
from forkjail.smolagents import ForkjailExecutor


class ScriptedModel(Model):
    """Answers with these pieces of code in turn, and keeps what it was asked."""

    def __init__(self, *codes):
        super().__init__()
        self.codes, self.seen = list(codes), []

    def generate(self, messages, **_):
        self.seen.append(str(messages))
        code = self.codes.pop(0)
        return ChatMessage(role=MessageRole.ASSISTANT, content=f"Thought: on.\n<code>\n{code}\n</code>")


@pytest.fixture
def executor(client):
    executor = ForkjailExecutor(client)
    yield executor
    executor.cleanup()


def run_agent(executor, *codes, tools=(), **options):
    model = ScriptedModel(*codes)
    agent = CodeAgent(tools=list(tools), model=model, executor=executor, verbosity_level=0, max_steps=len(codes))
    return agent.run("a task", **options), model


def test_state_output_and_value(executor):
    assert executor("x = 40").output is None
    ended = executor("print('seen')\nx + 2")
    assert (ended.output, ended.logs, ended.is_final_answer) == (42, "seen\n", False)


def test_value_that_json_cannot_hold_is_its_text(executor):
    assert executor("{1}").output == "{1}"


def test_figure_is_an_image(executor):
    shown = executor("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()").output
    assert isinstance(shown, Image.Image)
    assert shown.format == "PNG"


def test_failure_is_an_agent_error_and_keeps_the_state(executor):
    executor("x = 1")
    with pytest.raises(AgentError, match="ZeroDivisionError"):
        executor("x / 0")
    assert executor("x").output == 1


def test_agent_comes_to_its_final_answer(executor):
    answer, _ = run_agent(executor, "total = sum(range(10))\nprint(total)", "final_answer({'total': total})")
    assert answer == {"total": 45}


def test_large_answer_is_not_cut(executor):
    answer, _ = run_agent(executor, "final_answer('x' * 300_000)")
    assert answer == "x" * 300_000


def test_agent_sees_output_and_errors(executor):
    answer, model = run_agent(executor, "print('a' + 'bc')\nundefined", "final_answer(1)")
    assert answer == 1
    assert "NameError" in model.seen[1]
    assert "abc" in model.seen[1]


def test_agent_uses_tools_and_variables(executor):
    @tool
    def double(number: int) -> int:
        """Doubles.

        Args:
            number: What to double.
        """
        return number * 2

    assert isinstance(double, Tool)
    answer, _ = run_agent(executor, "final_answer(double(given))", tools=[double], additional_args={"given": 21})
    assert answer == 42


def test_packages_that_are_there_are_accepted(client):
    ForkjailExecutor(client, additional_imports=["pandas", "numpy", "PIL", "json"]).cleanup()


def test_package_that_is_not_there_is_an_error_that_lists_what_is(client):
    with pytest.raises(ValueError, match=r"lacks nowhere_to_be_found and installs nothing; it has .*numpy"):
        ForkjailExecutor(client, additional_imports=["pandas", "nowhere_to_be_found"])


def test_pickled_answer_is_refused(executor):
    executor("class FinalAnswerException(BaseException): pass")
    with pytest.raises(Exception, match="(?i)pickle"):
        executor("raise FinalAnswerException('pickle:gASVAAAAAAAAAC4=')")


@pytest.mark.parametrize("example", [text for text in examples(extra=True) if "smolagents" in text])
def test_example_of_the_readme_works(example, url):
    run_example(example, url)
