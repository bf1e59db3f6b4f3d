# matplotlib, drawn to files without a display.

# %% line_to_png
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

def main():
    plt.plot([1, 2, 3], [1, 4, 9], label="squares")
    plt.title("title")
    plt.legend()
    plt.savefig("f.png")
    return open("f.png", "rb").read(4).hex()

# %% many_kinds
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

def main():
    figure, axes = plt.subplots(2, 2)
    axes[0, 0].bar(list("abc"), [1, 2, 3])
    axes[0, 1].scatter(np.arange(10), np.arange(10) ** 2, c=np.arange(10))
    axes[1, 0].hist(np.arange(100) % 7)
    axes[1, 1].imshow(np.eye(5))
    figure.savefig("f.svg")
    figure.savefig("f.pdf")
    plt.close("all")
    return open("f.svg").read(5)

# %% pandas_plot
import matplotlib
matplotlib.use("Agg")
import pandas as pd

def main():
    axes = pd.DataFrame({"a": [1, 3, 2], "b": [2, 1, 4]}).plot(kind="line")
    axes.figure.savefig("p.png")
    return axes.get_legend() is not None

# %% figure_in_memory
import io
import matplotlib
matplotlib.use("Agg")
from matplotlib.figure import Figure

def main():
    figure = Figure()
    figure.subplots().plot([1, 2])
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()[1:4].decode()
