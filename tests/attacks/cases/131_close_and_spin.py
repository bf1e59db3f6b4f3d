# attack: 131
# name: closing_the_result_and_living_on_is_ended
# expect: status=422 kind=crash within=5 | status=422 kind=wall_time within=5 | status=422 kind=cpu_time within=5
# limits: {"wall_time_s": 3, "cpu_time_s": 1}
import time


def main():
    os.close(3)
    while True:
        time.sleep(0.001)
