# attack: 226
# name: no_other_request_lies_in_the_interpreters_objects
# expect: held
import gc


def main():
    # Scripts and requests of others would be strings that hang on some container.
    marker = "def " + "main("
    own = set()
    for line in open.__doc__, __doc__ or "":
        own.add(line)
    found = []
    for container in gc.get_objects():
        for item in gc.get_referents(container):
            if isinstance(item, (str, bytes)) and len(item) > 30:
                text = item if isinstance(item, str) else item.decode("latin-1")
                if marker in text and "NUMBERS = dict(" not in text and "def verdict(" not in text:
                    found.append(text[:80])
    return verdict(not [text for text in found if "script" in text or "request" in text], found[:3]
                   or "none")
