# attack: 82
# name: slow_growth_ends_at_the_memory_limit
# expect: kind=memory


def main():
    pieces = []
    while True:
        pieces.append(bytes(100_000))
