# attack: 222
# name: two_live_cells_share_no_file_and_no_number
# expect: held
# peer: held
# limits: {"wall_time_s": 6}
import time


def main():
    with open("/tmp/peer-marker", "w") as file:
        file.write("marker")
    os.mkdir("/scratch/peer-marker")
    os.symlink("x", "peer-link")
    time.sleep(2)
    return verdict(True, "the peer judges")
