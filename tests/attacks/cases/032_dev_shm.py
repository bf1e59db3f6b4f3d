# attack: 32
# name: shared_memory_directory_does_not_outlive_a_run
# expect: held
# next: held


def main():
    made = []
    for place in ("/dev/shm", "/dev/mqueue", "/run/lock", "/var/tmp", "/run/shm"):
        try:
            with open(os.path.join(place, "marker"), "w") as file:
                file.write("marker")
            made.append(place)
        except OSError:
            pass
    try:
        from multiprocessing.shared_memory import SharedMemory

        SharedMemory("marker", create=True, size=4096)
        made.append("SharedMemory")
    except (OSError, ImportError):
        pass
    return verdict(not made, made or "none to write to")
