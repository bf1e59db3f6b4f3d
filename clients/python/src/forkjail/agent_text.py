"""A run as text for a language model: what was printed, the value, and the names of what was left."""

from __future__ import annotations

from .errors import ScriptError
from .results import Outcome

NOTHING = "(no output; print() what you want to see, or end with an expression)"


def agent_text(outcome: Outcome, error: ScriptError | None = None, *, characters_max: int = 16_000) -> str:
    parts = [outcome.stdout]
    if outcome.stderr:
        parts.append("stderr:\n" + outcome.stderr)
    parts += [shown.text for shown in outcome.display if not shown.figure_ending]
    if outcome.figures:
        parts.append(f"(figures: {len(outcome.figures)})")
    if outcome.files:
        listed = ", ".join(f"{file.path}, {file.size} bytes" for file in outcome.files)
        parts.append(f"(files: {listed})")
    if error is not None:
        parts.append((error.traceback or "").rstrip() or error.message)
        if error.traceback and error.message not in error.traceback:
            parts.append(error.message)  # which also names the usual way out
    if outcome.truncated:
        parts.append("(cut at the sandbox's limit: " + ", ".join(sorted(outcome.truncated)) + ")")
    return shortened("\n".join(part.rstrip("\n") for part in parts if part) or NOTHING, characters_max)


def shortened(text: str, characters_max: int) -> str:
    """The beginning and the end, where the error is."""
    if len(text) <= characters_max:
        return text
    half = characters_max // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"
