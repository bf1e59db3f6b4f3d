# attack: 232
# name: swapped_descriptors_confuse_only_the_run_itself
# expect: status=200 within=6 | status=422 within=6
# limits: {"wall_time_s": 3}


def main():
    kept = os.dup(1)
    os.dup2(3, 1)
    os.dup2(kept, 3)
    print("this goes to the result's pipe", flush=True)
    return {"honest": 1}
