def main():
    block = bytearray(100_000_000)
    for i in range(0, len(block), 4096):
        block[i] = 1
    return {"pages": block.count(1)}
