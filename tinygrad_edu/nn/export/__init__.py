"""Saving models for other programs: weights as safetensors, whole models as ONNX."""
