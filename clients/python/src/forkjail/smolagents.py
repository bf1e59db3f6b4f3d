"""A smolagents executor: CodeAgent(..., executor=ForkjailExecutor(client)) runs its code in a session."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import PIL.Image
from smolagents.local_python_executor import CodeOutput
from smolagents.monitoring import AgentLogger, LogLevel
from smolagents.remote_executors import RemotePythonExecutor
from smolagents.utils import AgentError

from .agent_text import agent_text
from .client import Forkjail
from .errors import ScriptError
from .results import Result
from .session import Session

# A message of an exception is cut when it is long, and a final answer travels as one. So it is kept as well.
KEEP_ANSWER = """
def _forkjail_keep(forward):
    def kept(*args, **kwargs):
        global _forkjail_answer
        try:
            return forward(*args, **kwargs)
        except BaseException as error:
            _forkjail_answer = str(error)
            raise
    return kept

final_answer.forward = _forkjail_keep(final_answer.forward)
"""
MISSING = """
import importlib.util
[name for name in {names!r} if importlib.util.find_spec(name.split(".")[0].replace("-", "_")) is None]
"""


class ForkjailExecutor(RemotePythonExecutor):
    """State lives in one session. Answers come back as JSON only: with pickle, code from the sandbox would
    run here. Nothing is installed: packages that the sandbox lacks are an error that lists what is there."""

    def __init__(
        self,
        client: Forkjail | None = None,
        *,
        additional_imports: Sequence[str] = (),
        logger: Any = None,
        limits: dict[str, float] | None = None,
    ) -> None:
        logger = logger or AgentLogger(level=LogLevel.ERROR)
        super().__init__(list(additional_imports), logger, allow_pickle=False)
        self._own_client = client is None
        self.client = client or Forkjail()
        self._limits = limits
        self._keeps_answer = False
        self.session: Session = self.client.session()
        self.installed_packages = self.install_packages(self.additional_imports)

    def run_code_raise_errors(self, code: str) -> CodeOutput:
        try:
            result = self.session.run(code, limits=self._limits)
        except ScriptError as error:
            if error.type == self.FINAL_ANSWER_EXCEPTION:
                return CodeOutput(output=self._answer(error), logs=error.stdout, is_final_answer=True)
            raise AgentError(agent_text(error.outcome, error), self.logger) from error
        return CodeOutput(output=value_of(result), logs=result.stdout, is_final_answer=False)

    def send_tools(self, tools: dict[str, Any]) -> None:
        super().send_tools(tools)
        if "final_answer" in tools:
            self.session.run(KEEP_ANSWER, include=())
            self._keeps_answer = True

    def install_packages(self, additional_imports: list[str]) -> list[str]:
        if not additional_imports:
            return []
        there = self.client.info()["packages"]
        names = [name for name in additional_imports if name.lower() not in there and name != "*"]
        missing = self.session.run(MISSING.format(names=names), include=()).result if names else []
        if missing:
            raise ValueError(f"the sandbox lacks {', '.join(missing)} and installs nothing; it has "
                             + ", ".join(there))
        return list(additional_imports)

    def cleanup(self) -> None:
        self.session.close()
        if self._own_client:
            self.client.close()

    def _answer(self, error: ScriptError) -> Any:
        text = error.outcome.details.message if error.outcome.details else ""
        if self._keeps_answer:
            text = self.session.run("_forkjail_answer", include=()).result
        return self._deserialize_final_answer(text, False)


def value_of(result: Result) -> Any:
    """A figure as PIL has it, else the value of the last expression, else its text."""
    if result.figures and (png := result.figures[-1].png):
        return PIL.Image.open(io.BytesIO(png))
    if result.result is not None:
        return result.result
    return result.display[-1].text if result.display else None
