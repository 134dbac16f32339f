"""How well the training model foretells measured memory and speed."""
