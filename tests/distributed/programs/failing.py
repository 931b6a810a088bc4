"""Several ranks train, and the last one fails in the way that the first argument names; the second is the timeout."""

import os
import signal
import subprocess
import sys
import time

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import distributed, nn, optim


def misbehave(kind: str) -> None:
    if kind == "raise":
        raise ArithmeticError("the last rank gives up")
    if kind == "raise in a thread":
        import threading

        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
    elif kind == "exit":
        sys.exit(0)
    elif kind == "exit 3":
        sys.exit(3)
    elif kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif kind == "lost link":
        subprocess.run(["ip", "link", "set", "eth0", "down"], check=True)
    elif kind == "sleep":
        time.sleep(1000)


def main() -> None:
    kind, timeout = sys.argv[1], float(sys.argv[2])
    distributed.init_process_group(timeout=timeout)
    last = distributed.get_rank() == distributed.get_world_size() - 1

    model = nn.MLP([4, 9, 2] if kind == "other model" and last else [4, 8, 2])
    model = nn.parallel.DistributedDataParallel(model)
    opt = optim.SGD(model.parameters(), lr=0.1)
    X, y = np.ones((40, 4), np.float32), np.zeros(40, np.int64)
    batches = distributed.DistributedBatchSampler(40, 8, seed=int(last) if kind == "other seed" else 0)
    for step, rows in enumerate(batches):
        if step == 2 and last:
            misbehave(kind)
            if kind == "a step fewer":
                continue
        opt.zero_grad()
        nn.functional.cross_entropy(model(tg.tensor(X[rows])), tg.tensor(y[rows])).backward()
        if kind == "frozen" and step == 2 and last:
            model.module[0].weight.requires_grad_(False)
        opt.step()
    if kind == "lost link at the end" and last:
        misbehave("lost link")
        time.sleep(3 * timeout)
    if kind == "long work at the end" and last:
        time.sleep(3 * timeout)
    print(f"rank {distributed.get_rank()} is done", flush=True)


if __name__ == "__main__":
    main()
