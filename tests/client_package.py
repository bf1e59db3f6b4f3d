"""clients/python from the tree, for the stages client and client_extras: importing this makes `forkjail`
importable, and `examples()` finds what its README shows."""

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "clients/python"
sys.path.insert(0, str(PACKAGE / "src"))


def examples(extra=False):
    """The Python examples of the README; those of the extras apart."""
    found = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    return [text for text in found if bool(re.search("langchain|smolagents", text)) == extra]


def run_example(text, url):
    exec(compile(text.replace("http://localhost:8080", url), "README.md", "exec"), {"__name__": "example"})
