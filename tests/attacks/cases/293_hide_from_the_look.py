# attack: 293
# name: moving_files_about_does_not_hide_them_from_the_look_at_scratches
# expect: held | kind=memory
# limits: {"wall_time_s": 20, "cpu_time_s": 10}
import threading
import time

PLACES = ("/scratch/work", "/scratch/tmp")
WANTED = 200 << 20


def follow(name, moves, done):
    """Moves the directory into whichever of the two was read last: times of access tell."""
    read = [os.stat(place).st_atime_ns for place in PLACES]
    at = 0
    while not done:
        for number, place in enumerate(PLACES):
            time_of_access = os.stat(place).st_atime_ns
            if time_of_access == read[number]:
                continue
            read[number] = time_of_access
            if number != at:
                os.rename(f"{PLACES[at]}/{name}", f"{place}/{name}")
                at = number
                moves.append(number)


def main():
    for place in PLACES:  # so that looking at one takes a while
        os.mkdir(place + "/decoys")
        for number in range(2_500):
            os.close(os.open(f"{place}/decoys/{number}", os.O_CREAT | os.O_WRONLY))
    os.mkdir("hidden")
    os.chdir("hidden")
    done, moves, written = [], [], 0
    block = bytes(8 << 20)
    mover = threading.Thread(target=follow, args=("hidden", moves, done))
    mover.start()
    try:
        while written < WANTED:
            with open(str(written), "wb") as file:
                for _ in range(5):
                    written += file.write(block)
        time.sleep(5)
    except OSError as error:
        return verdict(error.errno == errno.ENOSPC, f"{errno.errorcode[error.errno]} after {written >> 20} MB")
    finally:
        done.append(True)
        mover.join()
    return verdict(False, f"{written >> 20} MB, moved {len(moves)} times")
