// RLtools' training of Pendulum with the settings of its examples, without their evaluations: `WARMUP SECONDS`, both of CPU time,
// prints {steps, cpu, wall} of what follows the warm-up. Compiled from a checkout with -DRIVAL_SAC or -DRIVAL_PPO (rltools.ts).
#define BENCHMARK

#ifdef RIVAL_SAC
#include "src/rl/environments/pendulum/sac/cpu/training.h"
#else
#include <rl_tools/operations/cpu_mux.h>
#include <rl_tools/rl/environments/pendulum/operations_generic.h>
#include <rl_tools/rl/environment_wrappers/scale_observations/operations_generic.h>
#include <rl_tools/nn/optimizers/adam/instance/operations_generic.h>
// Not in the example, whose layers therefore make no use of BLAS.
#include <rl_tools/nn/operations_cpu_mux.h>
#include <rl_tools/nn/layers/standardize/operations_generic.h>
#include <rl_tools/nn_models/mlp_unconditional_stddev/operations_generic.h>
#include <rl_tools/nn_models/sequential/operations_generic.h>
#include <rl_tools/nn/optimizers/adam/operations_generic.h>
#include <rl_tools/rl/algorithms/ppo/loop/core/config.h>
#include <rl_tools/rl/loop/steps/timing/config.h>
#include <rl_tools/rl/algorithms/ppo/loop/core/operations_generic.h>
#include <rl_tools/rl/loop/steps/timing/operations_cpu.h>
namespace rlt = rl_tools;
#include "src/rl/environments/pendulum/ppo/cpu/config.h"
using DEVICE = rlt::devices::DEVICE_FACTORY<>;
using LOOP_CONFIG = CONFIG_FACTORY<DEVICE, rlt::numeric_types::Policy<float>, true>::LOOP_TIMING_CONFIG;
using LOOP_STATE = LOOP_CONFIG::State<LOOP_CONFIG>;
#endif

#include <cstdio>
#include <cstdlib>
#include <ctime>

#ifdef __EMSCRIPTEN__
#include <emscripten.h>
// clock() is wall time there.
static double cpu_seconds() {
    return EM_ASM_DOUBLE({
        const used = process.cpuUsage();
        return (used.user + used.system) / 1e6;
    });
}
#else
static double cpu_seconds() { return (double)clock() / CLOCKS_PER_SEC; }
#endif

static double wall_seconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

struct Training {
    DEVICE device;
    LOOP_STATE state;
    int seed = 0;

    Training() {
        rlt::malloc(device, state);
        rlt::init(device, state, seed);
    }

    // Env steps taken in these CPU seconds at least. A training that ends is followed by one with the next seed.
    double run(double seconds) {
        const double start = cpu_seconds();
        double steps = 0;
        while (cpu_seconds() - start < seconds) {
            const auto before = state.step;
            const bool finished = rlt::step(device, state);
            steps += (double)(state.step - before) * LOOP_CONFIG::ENVIRONMENT_STEPS_PER_LOOP_STEP;
            if (finished) rlt::init(device, state, ++seed);
        }
        return steps;
    }
};

int main(int argc, char **argv) {
    auto *training = new Training;
    training->run(atof(argv[1]));
    const double cpu = cpu_seconds();
    const double wall = wall_seconds();
    const double steps = training->run(atof(argv[2]));
    printf("\n{\"steps\":%.0f,\"cpu\":%.6f,\"wall\":%.6f}\n", steps, cpu_seconds() - cpu, wall_seconds() - wall);
    return 0;
}
