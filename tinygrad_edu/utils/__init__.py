"""PyTorch's address for the data tools: `from tinygrad_edu.utils.data import DataLoader`."""

from . import data
