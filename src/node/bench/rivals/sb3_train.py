"""Stable-Baselines3 while it learns: `sb3_train.py SETTINGS WARMUP SECONDS` prints env steps and CPU seconds; OMP_NUM_THREADS are used.

SETTINGS is the JSON of {algorithm, world, envs, arguments}; a world `minatar/NAME` is that game of MinAtar, seen through the
network of its paper. Whole rollouts are measured.
"""
import json
import sys
import time

import gymnasium
import numpy as np
import stable_baselines3
import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import nn

from measured import report


class MinAtar(gymnasium.Env):
    """Planes as booleans, channels first."""

    def __init__(self, game):
        import minatar

        self.game = minatar.Environment(game, sticky_action_prob=0.1)
        width, height, channels = self.game.state_shape()
        self.observation_space = gymnasium.spaces.Box(0, 1, (channels, width, height), np.float32)
        self.action_space = gymnasium.spaces.Discrete(self.game.num_actions())

    def seen(self):
        return self.game.state().transpose(2, 0, 1).astype(np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.game.reset()
        return self.seen(), {}

    def step(self, action):
        reward, done = self.game.act(int(action))
        return self.seen(), float(reward), done, False, {}


class MinAtarNetwork(BaseFeaturesExtractor):
    """16 filters of 3 by 3 and 128 units (Young & Tian 2019)."""

    def __init__(self, space):
        super().__init__(space, 128)
        channels, width, height = space.shape
        flat = 16 * (width - 2) * (height - 2)
        self.layers = nn.Sequential(
            nn.Conv2d(channels, 16, 3), nn.ReLU(), nn.Flatten(), nn.Linear(flat, 128), nn.ReLU()
        )

    def forward(self, planes):
        return self.layers(planes)


# Classes that `policy_kwargs` of JSON can only name.
NAMED = {"activation_fn": nn, "optimizer_class": torch.optim}


class Clock(BaseCallback):
    """Starts counting after the warm-up and stops learning after the measurement, between rollouts only."""

    def __init__(self, warmup, seconds):
        super().__init__()
        self.warmup, self.seconds = warmup, seconds
        self.begun = time.process_time()
        self.start = None
        self.done = False

    def _on_rollout_start(self):
        now = time.process_time()
        if self.start is None:
            # A replay memory fills before anything is learned.
            learns = self.num_timesteps > getattr(self.model, "learning_starts", 0)
            if learns and now - self.begun >= self.warmup:
                self.start = (self.num_timesteps, now, time.perf_counter())
        elif now - self.start[1] >= self.seconds and not self.done:
            steps, cpu, wall = self.start
            report(self.num_timesteps - steps, now - cpu, time.perf_counter() - wall)
            self.done = True

    def _on_step(self):
        return not self.done


def main():
    settings = json.loads(sys.argv[1])
    world, arguments = settings["world"], settings["arguments"]
    policy = {
        key: getattr(NAMED[key], value) if key in NAMED else value
        for key, value in arguments.pop("policy_kwargs", {}).items()
    }
    if world.startswith("minatar/"):
        envs = make_vec_env(lambda: MinAtar(world.split("/")[1]), n_envs=settings["envs"], seed=1)
        policy |= {"features_extractor_class": MinAtarNetwork, "normalize_images": False}
    else:
        envs = make_vec_env(world, n_envs=settings["envs"], seed=1)
    algorithm = getattr(stable_baselines3, settings["algorithm"])
    model = algorithm("MlpPolicy", envs, seed=1, device="cpu", policy_kwargs=policy, **arguments)
    model.learn(10**9, callback=Clock(float(sys.argv[2]), float(sys.argv[3])))


main()
