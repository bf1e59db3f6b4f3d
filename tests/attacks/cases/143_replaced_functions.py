# attack: 143
# name: replaced_library_functions_do_not_reach_the_result
# expect: status=200 result={"honest":1}
import builtins
import io
import json
import struct
import types


def main():
    for module in (json, io, struct, types, builtins, sys.modules.get("traceback"),
                   sys.modules.get("linecache")):
        for name in ("dumps", "loads", "TextIOWrapper", "pack", "ModuleType", "print", "isinstance",
                     "issubclass", "str", "type", "dict", "list", "len", "format_exc", "getattr",
                     "BaseException"):
            if hasattr(module, name):
                setattr(module, name, lambda *_, **__: "forged")
    os.write = os.close = os._exit = lambda *_: None
    return {"honest": 1}
