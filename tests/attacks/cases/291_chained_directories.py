# attack: 291
# name: a_chain_of_7000_directories_made_by_renames_is_removed
# expect: held | kind=memory
# next: held

LINK = 110
LINKS = 64


def main():
    """Chains that are short enough each, hung below one another in a moment."""
    top = os.getcwd()
    for number in range(LINKS):
        for name in (f"chain{number}", *["d"] * LINK):
            os.mkdir(name)
            os.chdir(name)
        os.chdir(top)
    try:
        for number in range(1, LINKS):
            os.chdir("/".join((f"chain{number - 1}", *["d"] * LINK)))
            os.rename(f"{top}/chain{number}", f"chain{number}")
    except OSError as error:
        return verdict(False, f"{errno.errorcode[error.errno]} at link {number}")
    with open("file", "wb") as file:
        file.write(bytes(40 << 20))
    return verdict(True, f"{LINK * LINKS} deep")
