# attack: 10
# name: hard_link_of_a_library_into_the_scratch_is_refused
# expect: held
import glob


def main():
    library = glob.glob(guest("usr/lib/**/*.py"), recursive=True)[0]
    calls = [lambda: os.link(library, "stolen"), lambda: os.link("/dev/null", "null"),
             lambda: os.link("/dev/urandom", "/tmp/urandom"),
             lambda: os.link("/", "root"), lambda: os.rename(library, "stolen")]
    judged = raises(*calls)
    left = os.listdir(".")
    return verdict(judged["held"] and not left, left or judged["saw"])
