import resource


def main():
    left = os.listdir("/tmp") + os.listdir(".")
    return verdict(not left and resource.getrlimit(resource.RLIMIT_CORE) == (0, 0), left)
