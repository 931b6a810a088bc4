"""Mistakes with modules, losses and graphs: how they are recognised, and the messages that name them."""
