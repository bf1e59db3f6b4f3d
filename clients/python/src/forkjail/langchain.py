"""A LangChain tool: the model runs Python in a session, whose variables and files stay from call to call."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Literal

from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from .agent_text import agent_text
from .client import Forkjail
from .errors import ScriptError, SessionGone
from .results import Outcome
from .session import Session

DESCRIPTION = (
    "Runs Python and returns what it prints and the value of the last expression. Variables, imports and "
    "files stay from call to call. There is no network and no package installation; numpy, pandas and "
    "matplotlib are there. Show figures with plt.show(); write files into the working directory."
)
FRESH = "(the session before had ended; its variables and files are gone)\n"


class RunPython(BaseModel):
    code: str = Field(description="Python source, run as the cell of a notebook")


class ForkjailTool(BaseTool):
    """ForkjailTool(client=Forkjail(url)). The artifact of a call is the run's Outcome: figures, files, usage.

    One tool is one session, which close() ends; give each conversation its own tool."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = "run_python"
    description: str = DESCRIPTION
    args_schema: Any = RunPython
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"

    client: Forkjail = Field(default_factory=Forkjail, exclude=True, repr=False)
    session_files: Mapping[str, Any] = Field(default_factory=dict, exclude=True, repr=False)
    limits: Mapping[str, float] | None = None
    characters_max: int = 16_000

    _session: Session | None = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=Lock)

    def _run(self, code: str, **_: Any) -> tuple[str, Outcome]:
        with self._lock:  # a session runs one script at a time
            note = ""
            try:
                session = self._session or self._begin()
                try:
                    outcome: Outcome = session.run(code, limits=self.limits)
                except SessionGone:  # nothing ran
                    note, outcome = FRESH, self._begin().run(code, limits=self.limits)
            except ScriptError as error:
                return note + self._text(error.outcome, error), error.outcome
            return note + self._text(outcome), outcome

    def _begin(self) -> Session:
        self._session = self.client.session(files=self.session_files or None)
        return self._session

    def _text(self, outcome: Outcome, error: ScriptError | None = None) -> str:
        return agent_text(outcome, error, characters_max=self.characters_max)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
