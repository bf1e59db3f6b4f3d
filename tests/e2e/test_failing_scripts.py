"""The scripts of failing/, as models and students write them. The words are those of the answer's line that lead
out; where Python's own message is enough, they are Python's."""

import pytest

from e2e.failing import files, packages, sandbox, source, students, values

CASES = {f"{module.__name__.rpartition('.')[2]}: {name}": case
         for module in (files, packages, sandbox, source, students, values)
         for name, case in module.CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_line_names_the_remedy(execute, name):
    script, words, *fields = CASES[name]
    reply = execute(script, **(fields[0] if fields else {}))
    assert reply.status == 422, reply.body[:500]
    assert words in reply.error
    assert "\n" not in reply.error and len(reply.error) < 900
