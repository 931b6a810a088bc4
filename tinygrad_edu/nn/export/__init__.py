"""Models in files that other programs read: weights as safetensors, whole models as ONNX."""
