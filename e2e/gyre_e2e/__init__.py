"""What the demo and the end-to-end scenarios share: an independent client of a cluster that runs Gyre."""
