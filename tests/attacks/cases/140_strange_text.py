# attack: 140
# name: strange_text_comes_out_as_utf_8
# expect: status=200 | status=422 kind=not_serializable


def main():
    sys.stdout.buffer.write(b"\xff\xfe\x00 raw \xed\xa0\x80\n")
    print("\ud800 \x00 \u2028 \u2029 \ufeff \U0010ffff")
    return ["\x00", "\u2028\u2029", "\ufeff", "\U0010ffff", "</script>"]
