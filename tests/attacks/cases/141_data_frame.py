# attack: 141
# name: a_data_frame_is_an_error_with_the_way_out
# expect: status=422 kind=not_serializable error~to_dict
import pandas as pd


def main():
    return {"table": pd.DataFrame({"a": [1]})}
