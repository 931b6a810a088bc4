"""Interactive pages: train networks, compare runs, replay a training run."""
