"""The three files of the guest's packages: each has all of the smaller one, in the same versions."""

import pathlib
import re

import pytest

RUNTIME = pathlib.Path(__file__).resolve().parents[3] / "runtime"
FILES = ["requirements-minimal.txt", "requirements.txt", "requirements-science.txt"]
HASH = r"    --hash=sha256:[0-9a-f]{64}"


def pins(name):
    """{package: its version and hashes}."""
    text = (RUNTIME / name).read_text().replace("\\\n", "\n")
    found = {}
    for line in text.splitlines():
        if line.startswith("    "):
            assert re.fullmatch(HASH, line.rstrip()), line
            found[package].append(line.strip())
        elif not line.startswith("#"):
            package, version = re.fullmatch(r"([a-z0-9-]+)==(\S+) ", line).groups()
            assert package not in found, f"{package} twice"
            found[package] = [version]
    return found


@pytest.mark.parametrize(("smaller", "larger"), list(zip(FILES, FILES[1:])))
def test_the_larger_file_has_all_of_the_smaller_one(smaller, larger):
    small, large = pins(smaller), pins(larger)
    assert small.items() <= large.items()
    assert len(small) < len(large)


@pytest.mark.parametrize("name", FILES)
def test_each_package_has_a_hash_for_all_machines_or_one_for_each(name):
    numbers = {package: len(lines) - 1 for package, lines in pins(name).items()}
    assert {package: number for package, number in numbers.items() if number not in (1, 4)} == {}
