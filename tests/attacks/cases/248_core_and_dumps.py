# attack: 248
# name: fault_dumps_name_no_file_of_the_host
# expect: held
import faulthandler
import io


def main():
    with open("/tmp/dump", "w+") as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        text = file.read()
    leaked = [word for word in ("/root/", "/home/", "/build/") if word in text]
    return verdict(not leaked, leaked or text.count("File"))
