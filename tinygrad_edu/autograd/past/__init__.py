"""The history of tensors: versions, views, and values that were overwritten."""
