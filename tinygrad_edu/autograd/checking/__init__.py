"""Is this gradient right, and where does that NaN come from: finite differences and anomaly detection."""
