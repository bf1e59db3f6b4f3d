import pandas as pd
import numpy as np

def main():
    df = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    arr = np.array([1, 2, 3])
    return {
        "dataframe_sum": df.sum().to_dict(),
        "numpy_mean": float(np.mean(arr)),
        "message": "Hello from Cloud Run!"
    }
