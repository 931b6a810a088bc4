"""Losses: how wrong the output is, as one number. Each is a function (nn.functional has it) and a layer below it.

reduction  "mean" over all elements (or rows, for classification), "sum", or "none": one loss for each
"""
