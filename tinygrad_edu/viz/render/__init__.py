"""Low-level parts of pictures and pages: markup, colors, fonts, page templates, SVG to PNG or PDF. Independent of graphs."""
