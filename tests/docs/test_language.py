"""Documentation and messages are written in plain technical English.

These patterns are the ones that readers stumbled over most: the words of another language put into English
word by word. A sentence that needs one of them can always be written with a subject, a verb, an object and
the field's own term. Searched are the Markdown pages, deploy/, and the string literals of src/ and runtime/:
what clients, operators and logs show; and the comments of src/.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

PREPOSITION = "as|at|before|between|by|for|from|has|in|is|of|on|than|that|to|was|with|without"

# Each with what to write instead.
PATTERNS = (
    (r"(?<!there )\b(?:is|are|was|were|be) no (?!longer\b|more\b|less\b|fewer\b|part\b)\w+", "is not a ..."),
    (r"\bwhoever\b", "any ... that"),
    (rf"\bone (?!(?:{PREPOSITION})\b)[a-z-]+ an? [a-z]+", "one ... per ..."),
    (r"\bof (?:one|its|their|our)(?:'s)? own (?:that|which) nobody\b", "its own ..."),
    (r"\bof one's own\b", "your own, per request"),
    (r"\b(?:hear|hears|heard|obey|obeys|obeyed|bury|buries|buried)\b", "receive, handle, clean up"),
    (r"\blet(?:s|ting)? go of\b", "release, drop, reap"),
    (r"\bput aside\b", "postpone"),
    (r"\b(?:speak|speaks|spoken) HTTP", "use HTTP"),
    (r"\b(?:can|cannot|could|may) be had\b", "is available"),
    (r"\bthat nobody (?:wants|wanted|looks|looked)\b", "unused, idle"),
    (r"\bin its stead\b", "instead"),
    (r"\bas it may\b|\bthe like\b", "name what is meant"),
    (r"\bthe less of\b", "the smaller of"),
    (r"\b(?:page faults|calls|they) (?:are|is) dear\b", "expensive"),
    (r"\bmay go at one time\b|\bthat go now\b", "concurrent, in progress"),
    (r"\ba line a case\b|\bnone to be\b|\bits last word\b", "say it plainly"),
)
# In messages only: a page may well say that something says something.
IN_MESSAGES = ((r"\b(?:say|says|said)\b", "report, send"),)

CPP_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CPP_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*')


def markdown_and_manifests():
    pages = [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md"),
             *(ROOT / "clients").rglob("*.md")]
    pages += [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]
    return sorted(pages)


def sources():
    # canaries.py is compiled into the service and its names appear in /ready.
    return sorted([*(ROOT / "src").rglob("*.h"), *(ROOT / "src").rglob("*.cpp"), *(ROOT / "src").rglob("*.py"),
                   *(ROOT / "runtime").glob("*.py")])


def found(text, patterns=PATTERNS):
    """What to change: each match with the words around it. Line breaks of the source do not hide one."""
    flat = re.sub(r"\s*\n\s*(?:# |// )?", " ", text)
    return [f"{flat[max(0, match.start() - 30):match.end() + 30]!r}: {instead}"
            for pattern, instead in patterns for match in re.finditer(pattern, flat, re.IGNORECASE)]


def cpp_messages(text):
    without_comments = CPP_COMMENT.sub(lambda match: match.group(1) or "", text)
    # Adjacent literals are one message.
    return [" ".join(CPP_LITERAL.findall(group.group(0))).replace("  ", " ")
            for group in re.finditer(rf"{CPP_LITERAL.pattern}(?:\s*{CPP_LITERAL.pattern})*", without_comments)]


def cpp_comments(text):
    """Each block of comment lines as one text, so that a line break hides nothing."""
    blocks, last = [], None
    for number, line in enumerate(text.splitlines()):
        comment = CPP_COMMENT.search(CPP_LITERAL.sub('""', line).replace('""', ""))
        if comment is None:
            continue
        words = comment.group().removeprefix("//").strip()
        if last == number - 1 and line.lstrip().startswith("//"):
            blocks[-1] += " " + words
        else:
            blocks.append(words)
        last = number
    return blocks


def python_messages(text):
    tree = ast.parse(text)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
                  and node.body and isinstance(node.body[0], ast.Expr)}
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings]


@pytest.mark.parametrize("page", markdown_and_manifests(), ids=lambda path: str(path.relative_to(ROOT)))
def test_page_is_in_plain_english(page):
    assert not found(page.read_text())


def test_messages_are_in_plain_english():
    odd = {}
    for path in sources():
        text = path.read_text()
        messages = python_messages(text) if path.suffix == ".py" else cpp_messages(text)
        hits = [hit for message in messages for hit in found(message, PATTERNS + IN_MESSAGES)]
        if hits:
            odd[str(path.relative_to(ROOT))] = hits
    assert not odd


def test_comments_are_in_plain_english():
    odd = {}
    for path in sources():
        if path.suffix != ".py" and (hits := [hit for block in cpp_comments(path.read_text()) for hit in found(block)]):
            odd[str(path.relative_to(ROOT))] = hits
    assert not odd


@pytest.mark.parametrize("sentence", [
    "'x' is no IP address", "removes the group, whoever made it", "one line a case", "speak HTTP/1.1",
    "TLS cannot be had", "a call\n// that is no number"])
def test_the_patterns_find_what_they_are_for(sentence):
    assert found(sentence)


@pytest.mark.parametrize("sentence", [
    "there is no network", "it is no longer parked", "1,000 requests a second", "'x' is not an IP address"])
def test_the_patterns_leave_plain_sentences_alone(sentence):
    assert not found(sentence)


def test_comments_are_told_from_messages():
    assert cpp_comments('// One\n// block. "is no"\nf("// not this");  // and that\n') == [
        "One block.", "and that"]
    assert cpp_messages('f("a // b"); // "is no c"\ng("d "\n  "e");') == ["a // b", "d e"]
