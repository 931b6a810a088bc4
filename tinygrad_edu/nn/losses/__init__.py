"""Losses: how wrong the output is. Each exists as a function (also in nn.functional) and as a layer.

reduction  "mean" over all elements (or rows, for classification), "sum", or "none" for one loss per element or row
"""
