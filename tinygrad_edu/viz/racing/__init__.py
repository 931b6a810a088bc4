"""The update rules side by side on one surface."""
