"""Low-level drawing: markup, colors, fonts, and converting SVG to PNG. Independent of graphs."""
