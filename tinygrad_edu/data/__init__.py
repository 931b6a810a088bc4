"""Data: sets and loaders with PyTorch's semantics, toys to draw, real sets to train on, and a scaler."""

from .dataset import ConcatDataset, Dataset, Subset, TensorDataset, random_split, train_test_split
from .loader import (
    BatchSampler,
    DataLoader,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    default_collate,
)
from .real import REAL, Table, load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from .scaler import StandardScaler
from .shares import DistributedBatchSampler, DistributedSampler
from .toy import blobs, circles, linear, moons, sine, spirals, xor

__all__ = [
    "Dataset",
    "TensorDataset",
    "Subset",
    "ConcatDataset",
    "random_split",
    "train_test_split",
    "DataLoader",
    "BatchSampler",
    "DistributedSampler",
    "DistributedBatchSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
    "Sampler",
    "SequentialSampler",
    "RandomSampler",
    "default_collate",
    "StandardScaler",
    "moons",
    "circles",
    "blobs",
    "spirals",
    "xor",
    "linear",
    "sine",
    "Table",
    "REAL",
    "load_digits",
    "load_iris",
    "load_wine",
    "load_breast_cancer",
    "load_diabetes",
]
