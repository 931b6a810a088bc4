"""scikit-learn's estimators, around a network: for its pipelines, searches and scores. They need scikit-learn."""
