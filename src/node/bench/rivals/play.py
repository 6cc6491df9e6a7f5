"""Env steps of random play: `play.py gymnasium|vectorised|minatar WORLD WARMUP SECONDS`. Episodes are restarted as they end."""
import sys

import numpy as np

from measured import measure

STEPS = 1000
# Environments that step together where a world has a vectorised version.
TOGETHER = 64


def gymnasium_steps(world):
    import gymnasium

    env = gymnasium.make(world)
    env.action_space.seed(1)
    env.reset(seed=1)
    actions = [env.action_space.sample() for _ in range(STEPS)]

    def work():
        for action in actions:
            _, _, terminated, truncated, _ = env.step(action)
            if terminated or truncated:
                env.reset()
        return STEPS

    return work


def vectorised_steps(world):
    import gymnasium

    envs = gymnasium.make_vec(world, num_envs=TOGETHER, vectorization_mode="vector_entry_point")
    envs.action_space.seed(1)
    envs.reset(seed=1)
    actions = [envs.action_space.sample() for _ in range(STEPS // 10)]

    def work():
        for action in actions:
            envs.step(action)
        return TOGETHER * len(actions)

    return work


def minatar_steps(world):
    import minatar

    env = minatar.Environment(world)
    env.reset()
    actions = np.random.default_rng(1).integers(env.num_actions(), size=STEPS)

    def work():
        for action in actions:
            _, done = env.act(action)
            env.state()
            if done:
                env.reset()
        return STEPS

    return work


KINDS = {"gymnasium": gymnasium_steps, "vectorised": vectorised_steps, "minatar": minatar_steps}
measure(KINDS[sys.argv[1]](sys.argv[2]))
