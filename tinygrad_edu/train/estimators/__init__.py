"""Networks as scikit-learn estimators, for pipelines, searches and scores. They need scikit-learn."""
