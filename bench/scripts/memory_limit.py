def main():
    blocks = []
    while True:
        blocks.append(bytearray(16_000_000))
