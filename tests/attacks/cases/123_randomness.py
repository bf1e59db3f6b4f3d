# attack: 123
# name: random_numbers_differ_from_run_to_run
# expect: differs
import random
import secrets
import tempfile
import uuid

import numpy as np


def main():
    legacy = np.random.get_state()
    return {"random": random.random(), "own": random.Random().random(),
            "shuffle": random.sample(range(10**6), 5), "numpy": np.random.random(),
            "numpy_state": int(legacy[1][:8].sum()), "generator": np.random.default_rng().random(),
            "tempfile": tempfile.mktemp(), "uuid4": str(uuid.uuid4()), "uuid1": str(uuid.uuid1()),
            "secrets": secrets.token_hex(8), "urandom": os.urandom(8).hex(),
            "name": tempfile.NamedTemporaryFile(delete=False).name,
            "system": random.SystemRandom().random()}
