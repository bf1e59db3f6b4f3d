# attack: 78, 131
# name: a_thread_that_holds_copies_of_the_outputs_does_not_delay_the_end
# expect: held within=6 | kind=wall_time within=6 | kind=crash within=6
# limits: {"wall_time_s": 4, "cpu_time_s": 3}
import threading
import time


def main():
    copies = [os.dup(1), os.dup(2)]
    # Inherited by nobody, closed by nobody: the outputs never end by themselves.

    def write():
        while True:
            try:
                os.write(copies[0], b".")
            except OSError:
                pass
            time.sleep(0.01)

    threading.Thread(target=write).start()
    return verdict(True, "returned with copies open")
