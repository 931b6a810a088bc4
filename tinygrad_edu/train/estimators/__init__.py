"""Networks as scikit-learn estimators, for its pipelines, searches and scores. They need scikit-learn."""
