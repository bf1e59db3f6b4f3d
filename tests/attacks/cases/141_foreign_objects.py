# attack: 141
# name: numpy_and_pandas_values_become_json
# expect: status=200 result=[1,1.5,true,null,null,[1,2]]
import numpy as np
import pandas as pd


def main():
    return [np.int64(1), np.float32(1.5), np.bool_(True), pd.NaT, pd.NA, np.arange(1, 3)]
