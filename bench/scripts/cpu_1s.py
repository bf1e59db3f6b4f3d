import time


def main():
    end = time.process_time() + 1
    turns = 0
    while time.process_time() < end:
        turns += sum(i * i for i in range(1000)) > 0
    return {"worked": turns > 0}
