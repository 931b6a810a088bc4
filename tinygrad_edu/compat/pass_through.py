"""DataParallel: with a single device, it only calls the model, which is in `.module`, as in PyTorch."""

from __future__ import annotations

from typing import Any

from ..nn import Module

__all__ = ["DataParallel"]


class DataParallel(Module):
    """Calls `module`; there is one device, so nothing is split. state_dict keys start with "module.", as in PyTorch.

    device_ids, output_device, dim: accepted, no effect. Use nn.parallel.DistributedDataParallel for several processes.

    >>> import tinygrad_edu as tg
    >>> model = DataParallel(tg.nn.Linear(2, 1))
    >>> model(tg.ones(3, 2)).shape, list(model.state_dict())
    ((3, 1), ['module.weight', 'module.bias'])
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
