def main():
    blocks = []
    for _ in range(64):  # 1 GB: where no limit holds, the machine must still survive
        blocks.append(bytearray(16_000_000))
    return {"limited": False}
