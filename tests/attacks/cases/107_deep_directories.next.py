def main():
    left = os.listdir("/tmp") + os.listdir(".")
    return verdict(not left and len(os.getcwd()) < 100, left or "empty")
