"""The package itself: it builds, installs, is typed and clean; the examples of its README work."""

import os
import subprocess
import sys
import zipfile

import pytest

from client_package import PACKAGE, examples, run_example

EXAMPLES = examples()


def tool(*arguments, cwd=PACKAGE, **environment):
    ended = subprocess.run([sys.executable, "-B", "-m", *arguments], cwd=cwd, env={**os.environ, **environment},
                           capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    tool("build", "--wheel", "--no-isolation", "--outdir", str(folder))
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_the_package_and_its_types(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"forkjail/{path.name}" for path in (PACKAGE / "src/forkjail").iterdir() if path.is_file()} <= names
    assert "forkjail/py.typed" in names


def test_wheel_installs_with_its_command(wheel, tmp_path):
    tool("pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(tmp_path), str(wheel))
    shown = subprocess.run([tmp_path / "bin/forkjail-run", "--help"], capture_output=True, text=True, check=True,
                           env={**os.environ, "PYTHONPATH": str(tmp_path)}).stdout
    assert "--file PATH[=NAME]" in shown


def test_types_are_strict():
    tool("mypy", "--cache-dir", os.devnull)


def test_style():
    tool("ruff", "check", "--no-cache", ".")


def test_every_name_that_is_exported_exists():
    import forkjail

    assert [name for name in forkjail.__all__ if not hasattr(forkjail, name)] == []


@pytest.mark.usefixtures("need_sessions")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.strip().splitlines()[-1][:40])
def test_example_of_the_readme_works(example, url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORKJAIL_URL", url)
    (tmp_path / "sales.csv").write_text("item,price\ntea,3\nmilk,1\n")
    run_example(example, url)


def test_there_are_examples():
    assert len(EXAMPLES) >= 5
