"""Low-level drawing: markup, colours, fonts, and converting SVG to PNG. Independent of graphs."""
