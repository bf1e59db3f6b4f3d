def main():
    return verdict(True, "runs")
