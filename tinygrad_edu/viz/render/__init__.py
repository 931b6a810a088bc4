"""Marks on paper: markup, colours, fonts, and how an SVG becomes a PNG. Knows nothing of graphs."""
