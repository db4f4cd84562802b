"""A real control plane without nodes, an operator beside it, and faults between the two."""
