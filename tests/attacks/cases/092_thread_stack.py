# attack: 92
# name: a_gigabyte_of_thread_stack_fails
# expect: held
import threading


def main():
    threading.stack_size(1 << 30)
    try:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
    except (RuntimeError, MemoryError) as error:
        return verdict(True, error)
    return verdict(False, "the thread started")
