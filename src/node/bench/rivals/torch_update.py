"""Gradient steps of a network in PyTorch on OMP_NUM_THREADS: `torch_update.py NETWORK WARMUP SECONDS`, NETWORK as in torch_compare.py."""
import json
import os
import sys

import torch

from measured import measure

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from torch_compare import runner  # noqa: E402

STEPS = 20


def main():
    step = runner(json.loads(sys.argv[1]))

    def work():
        for _ in range(STEPS):
            step()
        return STEPS

    measure(work)


main()
