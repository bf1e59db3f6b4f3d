# Text, its formats and its encodings.

# %% regular_expressions
import re

def main():
    text = "ann@example.com, bob@example.org; not-an-address"
    return (re.findall(r"(\w+)@([\w.]+)", text), re.sub(r"\d+", "#", "a1b22"),
            re.split(r"[,;]\s*", text), bool(re.fullmatch(r"(?i)HELLO", "hello")))

# %% regular_expressions_named
import re

def main():
    pattern = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)", re.VERBOSE)
    return [m.groupdict() for m in pattern.finditer("2024-01 2025-12")]

# %% string_template
import string

def main():
    return string.Template("$who likes ${what}").safe_substitute(who="tim"), string.ascii_letters

# %% textwrap
import textwrap

def main():
    text = "The quick brown fox jumps over the lazy dog. " * 4
    return textwrap.fill(text, 30), textwrap.dedent("  a\n  b"), textwrap.shorten(text, 20)

# %% difflib
import difflib

def main():
    diff = difflib.unified_diff("a\nb\nc".split(), "a\nx\nc".split(), lineterm="")
    return list(diff), difflib.get_close_matches("appel", ["ape", "apple", "peach"])

# %% unicodedata
import unicodedata

def main():
    return (unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode().hex(),
            unicodedata.category("A"), "straße".casefold(), "日本".encode("utf-16-le").hex())

# %% codecs
import codecs

def main():
    return (codecs.encode("hello", "rot13"), "café".encode("latin-1").hex(),
            b"\xff".decode("utf-8", "replace"), "テスト".encode("shift_jis").hex(),
            "привет".encode("cp1251").hex(), "漢字".encode("gb18030").hex())

# %% json_round_trip
import json

def main():
    value = {"a": [1, 2.5, None, True], "é": "ü\n", "nested": {"k": []}}
    return json.loads(json.dumps(value)) == value, json.dumps(value, indent=1, sort_keys=True)

# %% json_large
import json

def main():
    rows = [{"id": n, "name": f"row {n}", "values": list(range(5))} for n in range(5000)]
    return len(json.loads(json.dumps(rows)))

# %% json_errors_and_hooks
import json

def main():
    try:
        json.loads('{"a": }')
    except json.JSONDecodeError as error:
        return error.lineno, error.colno, json.loads('{"a": 1}', object_pairs_hook=list)

# %% csv_round_trip
import csv
import io

def main():
    out = io.StringIO()
    writer = csv.DictWriter(out, ["a", "b"])
    writer.writeheader()
    writer.writerows([{"a": 1, "b": 'say "x"'}, {"a": 2, "b": "line\nbreak"}])
    return list(csv.DictReader(io.StringIO(out.getvalue())))

# %% csv_sniffer
import csv

def main():
    return csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter, list(csv.reader(["x|y"], delimiter="|"))

# %% configparser
import configparser

def main():
    parser = configparser.ConfigParser()
    parser.read_string("[server]\nport = 80\nname = x%(port)s\n")
    return {s: dict(parser[s]) for s in parser.sections()}, parser.getint("server", "port")

# %% tomllib
import tomllib

def main():
    return tomllib.loads('title = "t"\n[a]\nb = [1, 2]\nc = {d = 1.5}')

# %% html
import html
from html.parser import HTMLParser

class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
    def handle_starttag(self, tag, attributes):
        self.found += [v for k, v in attributes if k == "href"]

def main():
    parser = Links()
    parser.feed('<p><a href="/x">x</a> &amp; <a href="/y">y</a>')
    return parser.found, html.escape("<a&b>"), html.unescape("&eacute;&lt;")

# %% xml_elementtree
import xml.etree.ElementTree as ET

def main():
    root = ET.fromstring("<r><i n='1'>a</i><i n='2'>b</i></r>")
    root.append(ET.Element("new", {"k": "v"}))
    return [(e.get("n"), e.text) for e in root.iter("i")], ET.tostring(root, encoding="unicode")

# %% xml_minidom
from xml.dom import minidom

def main():
    document = minidom.parseString("<a><b c='d'/></a>")
    return document.documentElement.firstChild.getAttribute("c"), document.toprettyxml(indent=" ")

# %% xml_sax
import xml.sax

class Names(xml.sax.ContentHandler):
    def __init__(self):
        super().__init__()
        self.names = []
    def startElement(self, name, attributes):
        self.names.append(name)

def main():
    handler = Names()
    xml.sax.parseString(b"<a><b/><c/></a>", handler)
    return handler.names

# %% urllib_parse
from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlsplit

def main():
    parts = urlsplit("https://user@example.com:8443/a/b?q=1&q=2#f")
    return (parts.hostname, parts.port, parse_qs(parts.query), quote("a b/é"), unquote("a%20b"),
            urlencode({"a": "x y"}), urljoin("http://h/a/b", "../c"))

# %% email_message
from email.message import EmailMessage
from email.parser import Parser

def main():
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["To"] = "a@example.com"
    message.set_content("text")
    message.add_alternative("<b>html</b>", subtype="html")
    parsed = Parser().parsestr(message.as_string())
    return message["Subject"], [p.get_content_type() for p in parsed.walk()]

# %% email_dates_and_addresses
import email.utils

def main():
    return (email.utils.parseaddr("Ann <ann@example.com>"), email.utils.formatdate(0),
            email.utils.parsedate_to_datetime("Thu, 01 Jan 1970 00:00:00 +0000").isoformat())

# %% base64_and_binascii
import base64
import binascii

def main():
    return (base64.b64encode(b"hello").decode(), base64.b85decode(base64.b85encode(b"x")).decode(),
            binascii.crc32(b"hello"), base64.urlsafe_b64encode(b"\xff\xfe").decode(),
            base64.b32encode(b"a").decode(), binascii.hexlify(b"ab", ":").decode())

# %% quoted_printable
import quopri

def main():
    return quopri.encodestring("é=".encode()).decode(), quopri.decodestring(b"=C3=A9").decode()

# %% struct_packing
import struct

def main():
    data = struct.pack("<IhQ5s", 1, -2, 3, b"hello")
    return data.hex(), struct.unpack("<IhQ5s", data)[:3], struct.calcsize("@iq")

# %% array_module
import array

def main():
    numbers = array.array("d", [1.5, 2.5])
    numbers.extend([3.5])
    return numbers.tolist(), numbers.itemsize, len(numbers.tobytes())

# %% pprint
import pprint

def main():
    return pprint.pformat({"key": list(range(40)), "other": {"a": "b" * 60}}, width=60)

# %% shlex_and_fnmatch
import fnmatch
import shlex

def main():
    return (shlex.split("a 'b c' d\\ e"), shlex.join(["x y", "z"]),
            fnmatch.filter(["a.py", "b.txt", "c.py"], "*.py"))

# %% plistlib
import plistlib

def main():
    return plistlib.loads(plistlib.dumps({"a": [1, True, "x"], "b": b"\x00"}))["a"]

# %% locale_and_gettext
import gettext
import locale

def main():
    return locale.localeconv()["decimal_point"], gettext.gettext("text"), locale.getlocale()[1]

# %% tokenize
import io
import tokenize

def main():
    tokens = tokenize.generate_tokens(io.StringIO("x = 1 + y\n").readline)
    return [tokenize.tok_name[t.type] for t in tokens]

# %% word_frequencies
import collections
import re

def main():
    text = "it was the best of times it was the worst of times " * 50
    return collections.Counter(re.findall(r"\w+", text)).most_common(3)

# %% levenshtein
def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]

def main():
    return distance("kitten", "sitting"), distance("flaw" * 20, "lawn" * 20)

# %% string_methods
def main():
    return ["a-b".partition("-"), "x".zfill(3), "Title Case".swapcase(), "a\tb".expandtabs(4),
            "abc".translate(str.maketrans("ab", "xy")), "a,b,,c".split(","), "  x ".strip(),
            "prefix-x".removeprefix("prefix-"), "ab".isalpha(), "١".isdigit()]

# %% mimetypes
import mimetypes

def main():
    return mimetypes.guess_type("a.png")[0], mimetypes.guess_type("x.tar.gz")
