def main():
    left = os.listdir(b"/tmp") + os.listdir(b".")
    return verdict(not left, left or "empty")
