"""What leads out of source that does not compile: text around it, another language, a wrong escape. See advice.py."""

import re

from advice_fields import way_out as of_fields

_NO_IPYTHON = "this is Python without IPython: no commands of the shell, no magics; nothing can be installed"
_OTHER_LANGUAGE = "this is Python, and the source is of another language"
_VAGUE = ("invalid syntax", "expected ':'")

# (what the message begins with, what leads out, what more leads out by fields of the request)
_MESSAGES = (
    ("'await' outside", "", "await"),
    ("'return' outside", "return from main(), or print the value", ""),
    ("unexpected character after", "if the source is escaped twice, send it escaped once: in JSON a line break is \\n",
     ""),
    ("(unicode error) 'unicodeescape'", "write a backslash in a string as \\\\ or use r'...'", "file"),
)

# (what the line is like, what leads out); the first that matches.
_LINES = tuple(
    (re.compile(pattern), way_out)
    for pattern, way_out in (
        (r"[!%]|\w+\?$", _NO_IPYTHON),
        (r"(python3? -m )?(pip3?|conda|apt|apt-get|npm) install\b", "nothing can be installed: leave that line out"),
        (r"(\$ )?python3? \S", "send the source of the script, not the command that starts it"),
        (r">>> ", "send the source without the prompts >>>"),
        (r"\d+[.:)]? +(def|import|from|class|print|return|for|if)\b", "send the source without line numbers"),
        (r".*&(lt|gt|amp|quot|#39);", "the source is escaped as HTML: send the characters themselves"),
        (r"//|/\*", "a comment begins with #"),
        (r"(function|const|let|var|public|private|package|using|fn|func|interface|SELECT)\b|<\w", _OTHER_LANGUAGE),
        (r"(\} *)?else if\b", "use elif"),
        (r"[A-Z][\w']*[,!]?( [\w',]+)+[:.!]?$", "send the source alone, without the text around it"),
    )
)
# The same for what stands around the place that Python points to.
_PLACES = (
    ("&&", "use and in place of &&"),
    ("||", "use or in place of ||"),
    ("++", "use += 1: Python has no ++"),
    ("--", "use -= 1: Python has no --"),
    ("===", "use == in place of ==="),
    ("?", "use a if condition else b"),
    ("!", "use not in place of !"),
)


def of_syntax(error, run):
    """What leads out of a SyntaxError, from its message and the line that it names, or None."""
    if any(one.startswith("```") for one in run.source_lines):
        return "send the source without the lines of Markdown around it"
    message, text = str(error.msg), str(error.text or "")
    for start, way_out, by_fields in _MESSAGES:
        if message.startswith(start):
            return "; ".join(filter(None, (way_out, by_fields and of_fields(by_fields, run))))
    # Where Python knows better what is wrong, it has another message.
    if message not in _VAGUE and not (error.lineno == 1 and message.startswith(("unterminated", "'{' was never"))):
        return None
    around = text[max(0, (error.offset or 1) - 3) : (error.offset or 1) + 2]
    for pattern, way_out in _LINES:
        if pattern.match(text.strip()):
            return way_out
    return next((way_out for sign, way_out in _PLACES if sign in around), None)
