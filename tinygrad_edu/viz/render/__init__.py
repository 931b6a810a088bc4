"""Low-level parts of pictures and pages: markup, colors, fonts, page templates, SVG to PNG. Independent of graphs."""
