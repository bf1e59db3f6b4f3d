"""The protocol's messages as the compiler laid them out (bench/protocol_constants.cpp)."""

import json
import struct
from pathlib import Path


class Layout:
    """One fixed-size message: packs fields by name, the others are 0."""

    def __init__(self, fields):
        self.size = fields["bytes"]
        self._fields = {name: where for name, where in fields.items() if isinstance(where, list)}

    def pack(self, **values):
        message = bytearray(self.size)
        for name, value in values.items():
            offset, code, count = self._fields[name]
            elements = value if isinstance(value, (list, tuple)) else [value]
            struct.pack_into(f"={count}{code}", message, offset, *elements)
        return bytes(message)

    def read(self, data):
        """The fields of the message at the start of `data`."""
        found = {}
        for name, (offset, code, count) in self._fields.items():
            elements = struct.unpack_from(f"={count}{code}", data, offset)
            found[name] = elements[0] if count == 1 else elements
        return found


class Protocol:
    def __init__(self, build):
        """`build`: the build directory of the zygote that is to be spoken to."""
        constants = json.loads((Path(build) / "protocol.json").read_text())
        self.run_request = Layout(constants["run_request"])
        self.run_request_magic = constants["run_request_magic"]
        self.zygote_message = Layout(constants["zygote_message"])
        self.verbs = constants["zygote_verbs"]
        self.frames = constants["frames"]
        self.parts = constants["run_request"]["part_bytes"][2]
