# attack: 144
# name: an_exit_of_the_process_is_reported
# expect: status=422 kind=exit stdout~before within=4


def main():
    print("before", flush=True)
    os._exit(0)
