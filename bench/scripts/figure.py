import io

import matplotlib.pyplot as plt


def main():
    figure, axes = plt.subplots(figsize=(5, 3))
    axes.plot([1, 2, 3, 4], [1, 4, 9, 16], "o-", label="squares")
    axes.bar([1, 2, 3, 4], [1, 2, 3, 4], alpha=0.5)
    axes.set_title("Squares")
    axes.legend()
    out = io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    return out.getvalue()[:4].hex()
