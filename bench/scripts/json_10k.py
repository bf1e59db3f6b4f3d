import json


def main():
    rows = [{"id": i, "name": f"customer {i}", "tags": ["a", "b"], "total": i * 1.5} for i in range(150)]
    text = json.dumps(rows)
    parsed = json.loads(text)
    return {"bytes": len(text), "rows": parsed}
