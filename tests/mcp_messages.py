"""Messages of the Model Context Protocol by hand, as no client library would let a test send them."""

import json

MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


def message(method, params=None, id=1):
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params or {}}


def post(service, body, headers=None, **options):
    """POST /mcp with any body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return service.request("POST", "/mcp", content,
                           {"Content-Type": "application/json",
                            "Accept": "application/json, text/event-stream", **(headers or {})}, **options)


def legacy(service, method, params=None, id=1, headers=None):
    return post(service, message(method, params, id), headers)


def modern(service, method, params=None, id=1, headers=None):
    params = {"_meta": META, **(params or {})}
    name = params.get("name") or params.get("uri")
    return post(service, message(method, params, id),
                {"MCP-Protocol-Version": MODERN, "Mcp-Method": method, **({"Mcp-Name": name} if name else {}),
                 **(headers or {})})


def call(service, tool, era=legacy, **arguments):
    """A tool's result."""
    reply = era(service, "tools/call", {"name": tool, "arguments": arguments})
    assert reply.status == 200, reply.body
    return reply.json["result"]


def texts_of(result):
    return "\n".join(block["text"] for block in result["content"] if block["type"] == "text")


def events_of(body):
    """The messages of a stream."""
    return [json.loads(line[len(b"data: "):]) for line in body.splitlines() if line.startswith(b"data: ")]
