"""Numbers shown as colors: tables, weights, outputs of layers, attention."""
