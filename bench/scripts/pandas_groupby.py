import pandas as pd


def main():
    rows = 1000
    table = pd.DataFrame(
        {
            "city": [("Oslo", "Rome", "Lima", "Baku")[i % 4] for i in range(rows)],
            "sales": range(rows),
            "units": [i % 7 for i in range(rows)],
        }
    )
    grouped = table.groupby("city").agg(total=("sales", "sum"), mean=("units", "mean"))
    return {"total": {city: int(total) for city, total in grouped["total"].items()}}
