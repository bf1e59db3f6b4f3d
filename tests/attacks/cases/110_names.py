# attack: 110
# name: names_that_are_not_utf_8_are_cleared
# expect: held
# next: held


def main():
    names = [b"\xff\xfe\xfd", b"new\nline", b"\x1b[2J", b"-rf", b" ", b"a" * 255, b"\xed\xa0\x80",
             "\u202egnp.exe".encode(), b"%s%n", b"..."]
    for name in names:
        with open(name, "wb") as file:
            file.write(name)
        os.mkdir(b"/tmp/" + name)
    return verdict(set(os.listdir(b".")) == set(names), "made")
