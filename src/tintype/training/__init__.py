"""Training: data sets, augmentation, losses, recipes, the loop, and export to ONNX (extra ``train``)."""
