"""Names of `torch.utils.data`, and DistributedBatchSampler; all are defined in tinygrad_edu.data."""

from typing import TYPE_CHECKING, Any

from ..._shortcuts import load as load_shortcut
from ...data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    DistributedBatchSampler,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    random_split,
)

__all__ = [
    "BatchSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "DistributedBatchSampler",
    "DistributedSampler",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "random_split",
]


if not TYPE_CHECKING:  # type checkers would assume that a module with __getattr__ has every attribute

    def __getattr__(name: str) -> Any:
        return load_shortcut("other_names").attribute(__name__, name)
