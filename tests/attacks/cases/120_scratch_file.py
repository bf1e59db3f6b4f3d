# attack: 120, 125
# name: a_file_of_one_run_is_absent_in_the_next
# expect: held
# next: held


def main():
    names = ["marker", "/tmp/marker", "/scratch/marker", "/scratch/tmp/.hidden"]
    for name in names:
        with open(name, "w") as file:
            file.write("marker of an earlier run")
    os.symlink("/tmp/marker", "link")
    held_open = os.open("/scratch/work", os.O_RDONLY)
    return verdict(held_open > 0, "written")
