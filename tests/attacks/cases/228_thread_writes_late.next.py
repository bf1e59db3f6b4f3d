def main():
    return verdict(True, "its own answer")
