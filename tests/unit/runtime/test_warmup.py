"""warmup.py in an ordinary interpreter: which scripts make the preloaded packages warm, and what they leave."""

import linecache
import sys
import types

import pytest
import recipes
import warmup


def run(script):
    source = script.decode()
    linecache.cache["script.py"] = (len(source), None, source.splitlines(keepends=True), "script.py")
    module = types.ModuleType("script")
    exec(compile(source, "script.py", "exec"), module.__dict__)
    return module.main()


@pytest.fixture(autouse=True)
def cached_lines():
    yield
    linecache.cache.pop("script.py", None)


@pytest.fixture
def without_packages(monkeypatch):
    for recipe in recipes.RECIPES:
        monkeypatch.delitem(sys.modules, recipe.module, raising=False)


def test_only_loaded_packages_are_exercised(without_packages, monkeypatch):
    assert warmup.scripts() == [warmup.ONCE_SCRIPT, warmup.SCRIPT]
    assert warmup.idle_scripts() == []
    first = recipes.RECIPES[0]
    monkeypatch.setitem(sys.modules, first.module, types.ModuleType(first.module))
    assert warmup.scripts() == [warmup.ONCE_SCRIPT, first.once, warmup.SCRIPT, first.common]
    assert warmup.rehearsal_scripts().count(first.common) == first.rehearsals


@pytest.mark.parametrize("recipe", recipes.RECIPES, ids=lambda recipe: recipe.module)
def test_the_scripts_of_a_recipe_run(recipe):
    pytest.importorskip(recipe.module)
    for script in (recipe.once, recipe.common, recipe.while_idle):
        if script:
            run(script)


def test_matplotlib_keeps_no_figure_and_no_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    pyplot = pytest.importorskip("matplotlib.pyplot")
    recipe = next(one for one in recipes.RECIPES if one.module == "matplotlib.pyplot")
    run(recipe.common)
    before = dict(pyplot.rcParams)
    run(recipe.once)
    run(recipe.common)
    assert pyplot.get_fignums() == []
    assert dict(pyplot.rcParams) == before
