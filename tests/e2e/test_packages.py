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


FIGURE = """
import os
import matplotlib
import matplotlib.pyplot as plt

def main():
    plt.plot([1, 2, 3])
    plt.savefig("figure.png")
    with open("figure.png", "rb") as file:
        return [file.read(4).hex(), matplotlib.get_backend(), os.listdir(matplotlib.get_cachedir())]
"""


def test_a_figure_is_drawn_without_a_warning_and_without_a_search_for_fonts(execute):
    reply = execute(FIGURE, verbose=True)
    assert reply.result == ["89504e47", "agg", []]
    assert reply.json["stderr"] == ""


def test_the_packages_beside_numpy_and_pandas_are_there(execute):
    script = ("import io, jinja2, openpyxl, PIL.Image\nimport pandas as pd\ndef main():\n    out = io.BytesIO()\n"
              "    pd.DataFrame({'a': [1, 2]}).to_excel(out, index=False)\n"
              "    return [int(pd.read_excel(out)['a'].sum()), PIL.Image.new('L', (2, 3)).size,\n"
              "            jinja2.Template('{{ x }}').render(x=1), openpyxl.load_workbook(out).sheetnames]\n")
    assert execute(script).result == [3, [2, 3], "1", ["Sheet1"]]
