"""Numbers shown as colours: tables, weights, outputs of layers, attention."""
