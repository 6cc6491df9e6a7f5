"""Reads what `ludus logs` wrote by the tools that it is for. Prints JSON; a tool that is not installed is left out."""

import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
found = {}

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    (run,) = (folder / "tensorboard").iterdir()
    events = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    returns = events.Scalars("charts/episodic_return")
    (text,) = events.Tensors("hyperparameters/text_summary")
    found["tensorboard"] = {
        "run": run.name,
        "steps": [event.step for event in returns],
        "returns": [event.value for event in returns],
        "text": text.tensor_proto.string_val[0].decode(),
    }
except ImportError:
    pass

try:
    from stable_baselines3.common.results_plotter import load_results

    (run,) = (folder / "monitor").iterdir()
    rows = load_results(str(run))
    found["monitor"] = {"returns": rows["r"].tolist(), "lengths": rows["l"].tolist()}
except ImportError:
    pass

try:
    from marl_eval.utils.data_processing_utils import create_matrices_for_rliable, data_process_pipeline

    raw = json.loads((folder / "marl-eval" / "marl-eval.json").read_text())
    processed = data_process_pipeline(raw_data=raw, metrics_to_normalize=[])
    final, curves = create_matrices_for_rliable(processed, "ludus", [])
    found["marl-eval"] = {
        "final": {name: scores.tolist() for name, scores in final["mean_return"].items()},
        "points": {name: scores.shape[2] for name, scores in curves["mean_return"].items()},
    }
except ImportError:
    pass

print(json.dumps(found))
