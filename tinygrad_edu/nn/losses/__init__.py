"""Losses: how wrong the output is. Each is a function (also in nn.functional) followed by a layer.

reduction  "mean" over all elements (or rows, for classification), "sum", or "none" for one loss per element or row
"""
