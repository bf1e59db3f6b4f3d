# attack: 290
# name: files_of_a_finished_run_are_out_of_reach_while_they_are_removed
# expect: held
# next: held
# limits: {"wall_time_s": 20, "cpu_time_s": 10}


def main():
    """So many that clearing them takes a while, all open to everybody."""
    os.chmod(".", 0o777)
    for number in range(7_500):
        descriptor = os.open(str(number), os.O_CREAT | os.O_WRONLY, 0o666)
        os.write(descriptor, b"left by the run before")
        os.close(descriptor)
    return verdict(True, "7,500 files")
