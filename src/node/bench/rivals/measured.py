"""Runs work for given CPU seconds, warm-up apart, and prints what was done; see sides.ts."""
import json
import sys
import time


def report(steps, cpu, wall):
    print(json.dumps({"steps": steps, "cpu": cpu, "wall": wall}))


def measure(work):
    """`work` does some steps and returns their number. The last two arguments are the CPU seconds of warm-up and measurement."""
    warmup, seconds = float(sys.argv[-2]), float(sys.argv[-1])
    for budget in (warmup, seconds):
        cpu, wall, steps = time.process_time(), time.perf_counter(), 0
        while time.process_time() - cpu < budget:
            steps += work()
    report(steps, time.process_time() - cpu, time.perf_counter() - wall)
