# attack: 301
# name: a_cpu_limit_that_the_script_set_is_its_own_fault
# expect: kind=cpu_time
import resource


def main():
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass
