import numpy as np


def main():
    a = np.arange(1_000_000, dtype=np.float64).reshape(1000, 1000) / 1_000_000
    product = a @ a
    return {"mean": round(float(product.mean()), 3), "shape": list(product.shape)}
