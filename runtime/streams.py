"""The text streams of a run: sys.stdin, sys.stdout and sys.stderr over descriptors 0, 1 and 2.

Made in the zygote, over pipes; made again in a cell whose descriptors are of another kind, and for each
further run of a process, if possible before its request comes.
"""

import io
import sys

made = []  # stdout and stderr; always this list


def attach(output_buffer_type):
    """Creates new text streams in sys over descriptors 0, 1 and 2 as they are at this moment."""
    install(create(output_buffer_type))


def create(output_buffer_type):
    """The new text streams, which nothing uses yet.

    `output_buffer_type`: src/zygote/script_output.h. io examines a descriptor (its kind, its block size)
    only when it is wrapped, so descriptors of another kind need new streams.
    """
    stdin = io.TextIOWrapper(
        io.BufferedReader(_raw(0, "rb", "<stdin>")), encoding="utf-8", errors="surrogateescape"
    )
    stdin.mode = "r"
    stdout = _text_output(output_buffer_type, 1, "<stdout>")
    stderr = _text_output(output_buffer_type, 2, "<stderr>")
    return stdin, stdout, stderr


def install(created):
    """Puts them into sys, in place of those of the last run, which may be the script's own."""
    stdin, stdout, stderr = created
    sys.stdin = sys.__stdin__ = stdin
    sys.stdout = sys.__stdout__ = stdout
    sys.stderr = sys.__stderr__ = stderr
    made[:] = [stdout, stderr]


def drop():
    """Zygote: drops the streams of its own scripts; freeing them later would leave holes in the image."""
    sys.stdin = sys.__stdin__ = sys.stdout = sys.__stdout__ = sys.stderr = sys.__stderr__ = None
    made.clear()


def _raw(descriptor, mode, name):
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name
    return raw


def _text_output(buffer_type, descriptor, name):
    stream = io.TextIOWrapper(
        buffer_type(_raw(descriptor, "wb", name)),
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )
    stream.mode = "w"
    return stream
