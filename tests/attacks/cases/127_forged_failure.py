# attack: 127
# name: a_forged_failure_cannot_claim_the_kernels_evidence
# expect: status=422 kind=crash
import json
import struct


def main():
    text = json.dumps({"kind": "wall_time", "message": "forged"}).encode()
    os.write(3, struct.pack("II", 5, len(text)) + text)
    return 1
