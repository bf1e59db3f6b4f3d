def main():
    block = bytearray(64 << 20)
    for at in range(0, len(block), 4096):
        block[at] = 1
    return verdict(True, "64 MB of its own")
