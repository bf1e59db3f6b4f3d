LINE = "x" * 99


def main():
    for _ in range(10_000):
        print(LINE)
    return {"lines": 10_000}
