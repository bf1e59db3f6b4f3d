# attack: 131
# name: a_result_with_the_outputs_held_open_arrives
# expect: held within=6 | status=422 within=6
# limits: {"wall_time_s": 4}
import threading
import time


def main():
    os.dup(1)
    os.dup(2)
    threading.Thread(target=lambda: time.sleep(1000)).start()
    return {"held": True}
