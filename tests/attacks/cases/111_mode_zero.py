# attack: 111
# name: a_tree_of_mode_zero_is_cleared
# expect: held
# next: held


def main():
    for root in ("closed", "/tmp/closed"):
        os.makedirs(root + "/a/b/c")
        with open(root + "/a/b/c/file", "w") as file:
            file.write("left behind")
        for path in (root + "/a/b/c/file", root + "/a/b/c", root + "/a/b", root + "/a", root):
            os.chmod(path, 0)
    os.chmod("/scratch/tmp", 0)
    os.chmod("/scratch/work", 0)
    os.chmod("/scratch", 0)
    return verdict(True, "mode 000 all the way up")
