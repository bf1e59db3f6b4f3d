"""runtime/*.py as ordinary modules: no zygote, no cell."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "runtime"))
