"""Small networks on small pictures: more threads only wait for each other."""

import torch

torch.set_num_threads(1)
