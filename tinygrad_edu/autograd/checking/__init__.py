"""Checking gradients with finite differences, and finding the origin of NaN with anomaly detection."""
