"""The benchmark's networks in PyTorch: `torch_compare.py NETWORK` prints µs per run on one thread and on the best number.

NETWORK is the JSON of an ExampleNetwork (src/compile/examples.ts) with a `kind`, update or inference. Its layers may also be
those of agents/nn, whose activations are given and whose images may be padded.
"""
import json
import os
import statistics
import sys
import time

import torch
from torch import nn


def build(network):
    shape, layers = network["input"], []
    if len(shape) == 3:
        shape = [shape[2], shape[0], shape[1]]
    last = len(network["layers"]) - 1
    for i, layer in enumerate(network["layers"]):
        if layer["kind"] == "dense":
            if len(shape) > 1:
                layers.append(nn.Flatten())
            features = 1
            for length in shape:
                features *= length
            layers.append(nn.Linear(features, layer["units"]))
            shape = [layer["units"]]
            if i < last:
                layers.append(nn.ReLU())
        elif layer["kind"] == "flatten":
            layers.append(nn.Flatten())
            shape = [shape[0] * shape[1] * shape[2]] if len(shape) == 3 else shape
        elif layer["kind"] == "batchNorm":
            layers += [nn.BatchNorm2d(shape[0]), nn.ReLU()]
        elif layer["kind"] == "globalAveragePool":
            layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
            shape = [shape[0]]
        elif layer["kind"] == "conv2d":
            size = layer["size"]
            same = layer.get("padding") == "same"
            layers.append(nn.Conv2d(shape[0], layer["filters"], size, padding=size // 2 if same else 0))
            if layer.get("activation") == "relu":
                layers.append(nn.ReLU())
            lost = 0 if same else size - 1
            shape = [layer["filters"], shape[1] - lost, shape[2] - lost]
        elif layer["kind"] == "conv":
            size = layer["size"]
            layers += [nn.Conv2d(shape[0], layer["filters"], size), nn.ReLU()]
            shape = [layer["filters"], shape[1] - size + 1, shape[2] - size + 1]
        else:
            size = layer["size"]
            layers.append(nn.MaxPool2d(size))
            shape = [shape[0], shape[1] // size, shape[2] // size]
    return nn.Sequential(*layers), shape[0]


def runner(network):
    torch.manual_seed(1)
    model, outputs = build(network)
    batch, shape = network["batch"], network["input"]
    if len(shape) == 3:
        shape = [shape[2], shape[0], shape[1]]
    x = torch.rand(batch, *shape) * 2 - 1
    if "density" in network:
        x = (x.abs() < network["density"]).float()
    if network["kind"] == "inference":

        def infer():
            with torch.no_grad():
                model(x)

        return infer
    index = torch.arange(batch) % outputs
    one_hot = nn.functional.one_hot(index, outputs).float()
    loss = nn.CrossEntropyLoss() if network["loss"] == "cross-entropy" else nn.MSELoss()
    target = index if network["loss"] == "cross-entropy" else one_hot
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def update():
        optimizer.zero_grad()
        loss(model(x), target).backward()
        optimizer.step()

    return update


def microseconds(step, rounds=7, turn=0.15):
    times = []
    for _ in range(rounds + 1):
        start, runs = time.perf_counter(), 0
        while time.perf_counter() - start < turn:
            for _ in range(5):
                step()
            runs += 5
        times.append((time.perf_counter() - start) / runs * 1e6)
    return statistics.median(times[1:])


def main():
    network = json.loads(sys.argv[1])
    step = runner(network)
    torch.set_num_threads(1)
    one = microseconds(step)
    best = one
    for threads in range(2, (os.cpu_count() or 1) + 1):
        torch.set_num_threads(threads)
        best = min(best, microseconds(step))
    print(json.dumps({"one": one, "best": best}))


if __name__ == "__main__":
    main()
