def divide(a, b):
    return a / b


def main():
    return divide(1, 0)
