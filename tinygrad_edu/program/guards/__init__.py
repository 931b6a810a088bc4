"""Whether a recorded program still fits: what it depends on, compared before each call."""
