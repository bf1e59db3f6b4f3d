import re
from collections import Counter

TEXT = "It was the best of times, it was the worst of times, it was the age of wisdom " * 50


def main():
    words = re.findall(r"[a-z]+(?:'[a-z]+)?", TEXT.lower())
    emails = re.compile(r"(\w+)@(\w+)\.(com|org)").findall("ann@example.com bob@example.org")
    return {"top": Counter(words).most_common(3), "emails": len(emails)}
