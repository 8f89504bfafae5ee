"""Networks: what they need and give, and how they run."""
