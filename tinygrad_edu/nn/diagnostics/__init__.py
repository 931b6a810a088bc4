"""Mistakes with modules, losses and graphs: how they are recognized, and the messages that describe them; class counts."""
