def main():
    left = os.listdir("/tmp")
    os.symlink("x", "/tmp/own")
    return verdict(not left, left[:3] or "empty")
