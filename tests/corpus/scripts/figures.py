# matplotlib: what models and students draw, into files and into memory.
# Scripts that do not depend on each other, therefore longer than 350 lines.

# %% line_into_a_png_file
import matplotlib.pyplot as plt

def main():
    plt.plot([1, 2, 3], [1, 4, 9], "o--", label="squares")
    plt.title("Squares")
    plt.xlabel("x")
    plt.ylabel("y")
    plt.legend()
    plt.grid(True)
    plt.savefig("figure.png", dpi=80)
    with open("figure.png", "rb") as file:
        return file.read(8).hex()

# %% backend_is_agg
import matplotlib
import matplotlib.pyplot as plt

def main():
    plt.figure()
    return matplotlib.get_backend().lower(), plt.isinteractive()

# %% use_agg_by_hand
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots()
    axes.plot([0, 1])
    figure.savefig("figure.png")
    plt.close(figure)
    return plt.get_fignums()

# %% show_without_a_display
import matplotlib.pyplot as plt

def main():
    plt.plot([1, 2, 3])
    plt.show()
    plt.close("all")
    return plt.get_fignums()

# %% bars
import io
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots(figsize=(4, 3))
    bars = axes.bar(["a", "b", "c"], [3, 1, 2], color=["red", "#00ff00", "tab:blue"])
    axes.bar_label(bars)
    axes.set_xticks(range(3), ["x", "y", "z"], rotation=45)
    figure.savefig(io.BytesIO(), format="png")
    return [bar.get_height() for bar in bars]

# %% histogram
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    counts, edges, _ = plt.hist(np.arange(100) % 10, bins=10, edgecolor="black", alpha=0.5)
    plt.savefig(io.BytesIO())
    return counts.tolist(), len(edges)

# %% subplots_that_share_an_axis
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    figure, axes = plt.subplots(2, 2, sharex=True, constrained_layout=True)
    for i, one in enumerate(axes.flat):
        one.plot(np.linspace(0, 1, 20) ** i)
        one.set_title(f"power {i}")
    figure.suptitle("Powers")
    figure.savefig(io.BytesIO())
    return axes.shape

# %% image_with_a_color_bar
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    image = plt.imshow(np.arange(64).reshape(8, 8), cmap="viridis", interpolation="bilinear")
    plt.colorbar(image, label="value")
    plt.savefig(io.BytesIO())
    return image.get_clim()

# %% heat_map_with_numbers
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    table = np.arange(9).reshape(3, 3)
    figure, axes = plt.subplots()
    axes.matshow(table, cmap="coolwarm")
    for (row, column), value in np.ndenumerate(table):
        axes.text(column, row, str(value), ha="center", va="center")
    figure.savefig(io.BytesIO())
    return len(axes.texts)

# %% surface_in_three_dimensions
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    x, y = np.meshgrid(np.linspace(-1, 1, 20), np.linspace(-1, 1, 20))
    figure = plt.figure()
    axes = figure.add_subplot(projection="3d")
    axes.plot_surface(x, y, x * y, cmap="plasma")
    axes.view_init(30, 60)
    figure.savefig(io.BytesIO())
    return axes.name

# %% points_in_three_dimensions
import io
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D

def main():
    axes = plt.figure().add_subplot(111, projection="3d")
    axes.scatter([1, 2, 3], [1, 2, 3], [3, 2, 1], c=[0, 1, 2])
    plt.savefig(io.BytesIO())
    return isinstance(axes, Axes3D)

# %% scatter_with_sizes_and_colors
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    random = np.random.default_rng(1)
    points = plt.scatter(*random.random((2, 50)), s=random.random(50) * 100, c=random.random(50), alpha=0.6)
    plt.savefig(io.BytesIO(), bbox_inches="tight")
    return len(points.get_offsets())

# %% pie
import io
import matplotlib.pyplot as plt

def main():
    parts = plt.pie([1, 2, 3], labels=["a", "b", "c"], autopct="%1.1f%%", explode=[0, 0.1, 0], shadow=True)
    plt.axis("equal")
    plt.savefig(io.BytesIO())
    return len(parts[0]) if isinstance(parts, tuple) else len(parts.wedges)

# %% box_and_violin
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    data = [np.arange(20) * i for i in range(1, 4)]
    figure, (left, right) = plt.subplots(1, 2)
    boxes = left.boxplot(data)
    right.violinplot(data, showmedians=True)
    figure.savefig(io.BytesIO())
    return len(boxes["medians"])

# %% error_bars_and_bands
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    x = np.arange(10)
    plt.errorbar(x, x ** 2, yerr=x, capsize=3)
    plt.fill_between(x, x ** 2 - 5, x ** 2 + 5, alpha=0.2)
    plt.axhline(20, color="gray", linestyle=":")
    plt.axvspan(2, 4, alpha=0.1)
    plt.savefig(io.BytesIO())
    return len(plt.gca().lines) > 0

# %% dates_on_an_axis
import datetime
import io
import matplotlib.dates as dates
import matplotlib.pyplot as plt

def main():
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=i) for i in range(60)]
    figure, axes = plt.subplots()
    axes.plot(days, range(60))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%d %b"))
    figure.autofmt_xdate()
    figure.savefig(io.BytesIO())
    return axes.get_xticklabels()[0].get_text()

# %% logarithmic_axes
import io
import matplotlib.pyplot as plt

def main():
    plt.loglog([1, 10, 100], [1, 100, 10000])
    plt.savefig(io.BytesIO())
    return plt.gca().get_xscale(), plt.gca().get_yscale()

# %% mathematical_text
import io
import matplotlib.pyplot as plt

def main():
    plt.title(r"$\sum_{i=0}^n \frac{x_i^2}{\sqrt{2\pi}}$ and caf\u00e9")
    plt.annotate(r"$\alpha$", xy=(0.5, 0.5), xytext=(0.7, 0.7), arrowprops={"arrowstyle": "->"})
    plt.savefig(io.BytesIO())
    return plt.gca().get_title()[:6]

# %% mathematical_fonts
import io
import matplotlib.pyplot as plt

def main():
    for name in ("dejavusans", "stix", "cm", "stixsans"):
        plt.rcParams["mathtext.fontset"] = name
        plt.figure()
        plt.title(r"$\mathcal{L} = \int x^2 dx$")
        plt.savefig(io.BytesIO())
    return plt.get_fignums()

# %% two_scales
import io
import matplotlib.pyplot as plt

def main():
    figure, left = plt.subplots()
    left.plot([1, 2, 3], color="red")
    right = left.twinx()
    right.plot([30, 20, 10], color="blue")
    figure.tight_layout()
    figure.savefig(io.BytesIO())
    return len(figure.axes)

# %% styles_and_settings
import io
import matplotlib.pyplot as plt

def main():
    plt.style.use("ggplot")
    plt.rcParams.update({"font.size": 9, "figure.dpi": 72})
    with plt.style.context("dark_background"):
        plt.plot([1, 2])
        plt.savefig(io.BytesIO())
    return "ggplot" in plt.style.available, plt.rcParams["font.size"]

# %% contours_and_fields
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    x, y = np.meshgrid(np.linspace(-2, 2, 30), np.linspace(-2, 2, 30))
    figure, axes = plt.subplots(1, 3)
    lines = axes[0].contour(x, y, x * x + y * y, levels=4)
    axes[0].clabel(lines)
    axes[1].contourf(x, y, np.sin(x) * y)
    axes[2].quiver(x[::5, ::5], y[::5, ::5], -y[::5, ::5], x[::5, ::5])
    figure.savefig(io.BytesIO())
    return len(lines.levels) > 2

# %% streamlines_and_polar
import io
import matplotlib.pyplot as plt
import numpy as np

def main():
    x, y = np.meshgrid(np.linspace(-1, 1, 10), np.linspace(-1, 1, 10))
    plt.streamplot(x, y, -y, x)
    axes = plt.figure().add_subplot(projection="polar")
    axes.plot(np.linspace(0, 6, 50), np.linspace(0, 1, 50))
    plt.savefig(io.BytesIO())
    return axes.name

# %% every_file_format
import os
import matplotlib.pyplot as plt

def main():
    plt.plot([1, 2, 3])
    plt.title("formats")
    for kind in ("png", "svg", "pdf", "eps", "ps", "jpg", "webp", "tif", "svgz", "raw"):
        plt.savefig("figure." + kind)
    return sorted(name for name in os.listdir(".") if name.startswith("figure.") and os.path.getsize(name) > 100)

# %% svg_as_text
import io
import matplotlib.pyplot as plt

def main():
    plt.rcParams["svg.fonttype"] = "none"
    plt.plot([1, 2])
    plt.title("words")
    out = io.StringIO()
    plt.savefig(out, format="svg")
    return out.getvalue().lstrip().startswith("<?xml"), "words" in out.getvalue()

# %% pdf_of_several_pages
import matplotlib.pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

def main():
    with PdfPages("pages.pdf") as pages:
        for i in range(3):
            figure, axes = plt.subplots()
            axes.plot(range(i + 2))
            pages.savefig(figure)
            plt.close(figure)
        count = pages.get_pagecount()
    with open("pages.pdf", "rb") as file:
        return count, file.read(5).decode()

# %% base64_for_a_page
import base64
import io
import matplotlib.pyplot as plt

def main():
    plt.bar([1, 2], [3, 4])
    out = io.BytesIO()
    plt.savefig(out, format="png")
    out.seek(0)
    return base64.b64encode(out.read()).decode()[:11]

# %% without_pyplot
import io
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

def main():
    figure = Figure(figsize=(2, 1), dpi=100)
    figure.subplots().plot([1, 2])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    figure.savefig(io.BytesIO())
    return list(canvas.buffer_rgba().shape)

# %% frame_plots
import pandas as pd

def main():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]}, index=pd.date_range("2024-01-01", periods=3))
    names = []
    for kind in ("line", "bar", "barh", "area", "hist", "box"):
        axes = frame.plot(kind=kind)
        axes.figure.savefig(kind + ".png")
        names.append(type(axes).__name__)
    return len(names)

# %% series_and_groups_plotted
import pandas as pd

def main():
    frame = pd.DataFrame({"k": list("abab"), "v": [1, 2, 3, 4]})
    frame["v"].plot.hist(bins=2).figure.savefig("a.png")
    frame.groupby("k")["v"].sum().plot.pie().figure.savefig("b.png")
    frame.plot.scatter(x="v", y="v")
    return len(frame.hist()), pd.plotting.scatter_matrix(frame).shape

# %% animation_as_a_gif
import matplotlib.pyplot as plt
from matplotlib.animation import FuncAnimation, PillowWriter

def main():
    figure, axes = plt.subplots(figsize=(2, 2))
    line, = axes.plot([], [])
    axes.set(xlim=(0, 5), ylim=(0, 5))

    def step(i):
        line.set_data(range(i), range(i))
        return line,

    FuncAnimation(figure, step, frames=5).save("moving.gif", writer=PillowWriter(fps=5))
    with open("moving.gif", "rb") as file:
        return file.read(6).decode()

# %% glyphs_that_no_font_has
import io
import warnings
import matplotlib.pyplot as plt

def main():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        plt.title("\u65e5\u672c \U0001f600")
        plt.savefig(io.BytesIO())
    return len(seen) > 0

# %% fonts_are_known_and_not_searched_for
import os
import matplotlib
import matplotlib.font_manager as fonts

def main():
    before = set(os.listdir(matplotlib.get_cachedir()))
    names = {font.name for font in fonts.fontManager.ttflist}
    return "DejaVu Sans" in names, set(os.listdir(matplotlib.get_cachedir())) == before

# %% patches_and_paths
import io
import matplotlib.patches as patches
import matplotlib.path as paths
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots()
    axes.add_patch(patches.Circle((0.5, 0.5), 0.2, fill=False))
    axes.add_patch(patches.FancyArrowPatch((0, 0), (1, 1), mutation_scale=10))
    axes.add_patch(patches.PathPatch(paths.Path([(0, 0), (1, 0), (0.5, 1)])))
    figure.savefig(io.BytesIO())
    return len(axes.patches)

# %% grid_of_a_mosaic_with_insets
import io
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplot_mosaic("AB;CC", layout="constrained")
    inset = axes["C"].inset_axes([0.6, 0.6, 0.3, 0.3])
    inset.plot([1, 2])
    axes["A"].table(cellText=[["1", "2"], ["3", "4"]], loc="center")
    figure.savefig(io.BytesIO())
    return sorted(axes)

# %% pylab
from pylab import *

def main():
    plot(linspace(0, 1, 5))
    savefig("figure.png")
    return float(mean(arange(5)))

# %% colors_and_maps
import matplotlib
import matplotlib.colors as colors
import matplotlib.pyplot as plt

def main():
    shades = colors.LinearSegmentedColormap.from_list("mine", ["black", "white"])
    matplotlib.colormaps.register(shades)
    return colors.to_hex(shades(1.0)), colors.to_hex("tab:orange"), plt.get_cmap("mine").name

# %% pickled_figure
import io
import pickle
import matplotlib.pyplot as plt

def main():
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    again = pickle.loads(pickle.dumps(figure))
    again.savefig(io.BytesIO())
    return len(again.axes[0].lines)

# %% read_back_as_pixels
import matplotlib.image as image
import matplotlib.pyplot as plt

def main():
    plt.imsave("dots.png", [[0.0, 1.0], [1.0, 0.0]], cmap="gray")
    return list(image.imread("dots.png").shape), list(plt.imread("dots.png")[0, 1])
