def main():
    left = os.listdir("/tmp") + os.listdir(".")
    return verdict(not left, left or "empty")
