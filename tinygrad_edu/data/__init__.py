"""Data: data sets and loaders with PyTorch's semantics, toy data, real data sets, and scalers."""

from .chunk_loader import ChunkLoader
from .chunk_sources import ArrayChunks, Chunks, NpyChunks, ParquetChunks
from .collate import default_collate
from .dataset import ConcatDataset, Dataset, IterableDataset, Subset, TensorDataset, random_split, train_test_split
from .loader import DataLoader
from .on_disk import shuffle_file
from .real import REAL, Table, load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from .sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from .scaler import MinMaxScaler, StandardScaler
from .shares import DistributedBatchSampler, DistributedSampler
from .toy import blobs, circles, linear, moons, sine, spirals, xor

__all__ = [
    "Dataset",
    "IterableDataset",
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
    "ChunkLoader",
    "Chunks",
    "ArrayChunks",
    "NpyChunks",
    "ParquetChunks",
    "shuffle_file",
    "StandardScaler",
    "MinMaxScaler",
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
