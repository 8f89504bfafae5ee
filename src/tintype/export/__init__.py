"""The whole line, from grey picture to colored one, as ONNX files that any program can run (extra `onnx`)."""
