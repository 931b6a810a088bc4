"""Mistakes of users of modules, losses and graphs: how they are recognised, and what is said about them."""
