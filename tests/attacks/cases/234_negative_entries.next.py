def main():
    block = bytearray(100 << 20)
    for at in range(0, len(block), 4096):
        block[at] = 1
    return verdict(True, "100 MB of its own")
