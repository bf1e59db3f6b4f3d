"""All that the guest's packages say they have is there, though what nobody runs was left out."""

import pytest


@pytest.mark.parametrize("package", ["numpy", "pandas"])
def test_every_public_name_is_there(execute, package):
    script = (f"import {package} as package\ndef main():\n"
              "    missing = []\n    for name in package.__all__:\n        try:\n"
              "            getattr(package, name)\n        except Exception as error:\n"
              "            missing.append(f'{name}: {error}')\n    return [len(package.__all__), missing]\n")
    count, missing = execute(script).result
    assert count > 100 and missing == []


@pytest.mark.parametrize("package", ["numpy", "pandas"])
def test_a_star_import_brings_them(execute, package):
    script = f"from {package} import *\nimport {package}\ndef main():\n    return [n for n in {package}.__all__ if n not in globals()]\n"
    assert execute(script).result == []


@pytest.mark.parametrize("package", ["numpy", "pandas"])
def test_the_members_can_be_listed(execute, package):
    script = f"import inspect, {package}\ndef main():\n    return len(inspect.getmembers({package}))\n"
    assert execute(script).result > 100


def test_f2py_is_there_and_says_what_it_lacks(execute):
    script = ("import numpy as np\ndef main():\n    assert hasattr(np, 'f2py')\n"
              "    np.f2py.run_main(['x.f90'])\n")
    reply = execute(script)
    assert reply.status == 422
    assert reply.error.startswith("NotImplementedError: numpy.f2py builds extension modules")


def test_names_that_look_at_files_of_the_package_answer(execute):
    script = "import numpy as np\ndef main():\n    return [np.get_include()[-7:], callable(np.test), np.show_config('dicts')['Python Information'] != {}]\n"
    assert execute(script).result == ["include", True, True]
