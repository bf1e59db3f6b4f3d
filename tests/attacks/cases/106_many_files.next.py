def main():
    left = os.listdir("/tmp") + os.listdir(".")
    with open("/tmp/own", "w") as file:
        file.write("x")
    return verdict(not left, left or "empty")
