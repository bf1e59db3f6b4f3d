# seaborn, plotly.

# %% seaborn_distributions
import io
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

def main():
    data = np.random.default_rng(0).normal(size=100)
    sns.set_theme(style="whitegrid")
    sns.histplot(data, kde=True)
    plt.savefig(io.BytesIO())
    plt.figure()
    sns.kdeplot(data, fill=True)
    plt.savefig(io.BytesIO())
    return len(plt.get_fignums())

# %% seaborn_relations_and_categories
import io
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns

def main():
    frame = pd.DataFrame({"k": list("aabb"), "x": [1, 2, 3, 4], "y": [4, 3, 2, 1]})
    for draw in (sns.boxplot, sns.violinplot, sns.barplot, sns.stripplot, sns.countplot):
        plt.figure()
        draw(data=frame, x="k", **({} if draw is sns.countplot else {"y": "y"}))
        plt.savefig(io.BytesIO())
    sns.scatterplot(data=frame, x="x", y="y", hue="k")
    sns.lineplot(data=frame, x="x", y="y", hue="k")
    plt.savefig(io.BytesIO())
    return len(plt.get_fignums())

# %% seaborn_heat_map_and_grids
import matplotlib
import pandas as pd
import seaborn as sns

def main():
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [4.0, 3, 1, 2], "k": list("xxyy")})
    sns.heatmap(frame.corr(numeric_only=True), annot=True, cmap="coolwarm").figure.savefig("heat.png")
    sns.pairplot(frame, hue="k", diag_kind="hist").savefig("pairs.png")
    sns.relplot(data=frame, x="a", y="b", col="k").savefig("facets.png")
    sns.clustermap(frame[["a", "b"]]).savefig("clusters.png")
    sns.lmplot(data=frame, x="a", y="b", ci=None).savefig("lines.png")
    return len(matplotlib.pyplot.get_fignums()) >= 4

# %% seaborn_objects
import pandas as pd
import seaborn.objects as so

def main():
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [1, 4, 9]})
    so.Plot(frame, "x", "y").add(so.Line()).add(so.Dot()).save("plot.png")
    with open("plot.png", "rb") as file:
        return file.read(4).hex()

# %% seaborn_palette
import seaborn as sns

def main():
    return [len(sns.color_palette("husl", 5)), sns.color_palette("tab10").as_hex()[0]]

# %% plotly_express
import pandas as pd
import plotly.express as px

def main():
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [3, 1, 2], "k": ["a", "b", "a"]})
    figures = [px.scatter(frame, "x", "y", color="k"), px.line(frame, "x", "y"), px.bar(frame, "k", "y"),
               px.histogram(frame, "x"), px.pie(frame, "k", "y"), px.box(frame, "k", "y"),
               px.imshow([[1, 2], [3, 4]]), px.scatter_3d(frame, "x", "y", "y")]
    return [figure.data[0].type for figure in figures]

# %% plotly_html_and_json
import json
import plotly.graph_objects as go

def main():
    figure = go.Figure(go.Bar(x=["a", "b"], y=[1, 2]))
    figure.update_layout(title="Bars", template="plotly_dark")
    page = figure.to_html(include_plotlyjs="cdn", full_html=False)
    figure.write_html("figure.html")
    return ["plotly" in page, json.loads(figure.to_json())["data"][0]["type"], sorted(figure.to_dict())]

# %% plotly_subplots
import plotly.graph_objects as go
from plotly.subplots import make_subplots

def main():
    figure = make_subplots(rows=1, cols=2, subplot_titles=("a", "b"))
    figure.add_trace(go.Scatter(x=[1, 2], y=[3, 4], mode="lines"), row=1, col=1)
    figure.add_trace(go.Heatmap(z=[[1, 2], [3, 4]]), row=1, col=2)
    return len(figure.data), figure.layout.annotations[0].text

# %% plotly_sample_data
import plotly.express as px

def main():
    frame = px.data.iris()
    return list(frame.shape), len(px.scatter(frame, x="sepal_width", y="sepal_length", color="species").data)

# %% plotly_figure_factory
import numpy as np
import plotly.figure_factory as ff

def main():
    return [ff.create_table([["a", "b"], [1, 2]]).data[0].type,
            ff.create_dendrogram(np.array([[1.0, 2], [2, 3], [8, 9]])).data[0].type]
