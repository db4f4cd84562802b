"""What drift should be found, computed independently with SciPy from the same rows that the service sees."""

import pathlib
import sys

import numpy as np
from scipy.stats import entropy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "samples" / "trainer"))
import digits  # noqa: E402

BINS = 10
RECENT_ROWS = 600  # As samples/trainer/train.py: the rows that make the baseline.


def psi(reference: np.ndarray, current: np.ndarray) -> float:
    """Population stability index over the reference's deciles: KL(p, q) + KL(q, p), half a row in empty bins."""
    values = np.unique(reference)
    if len(values) <= BINS:
        edges = (values[1:] + values[:-1]) / 2
    else:
        edges = np.unique(np.quantile(reference, np.linspace(0, 1, BINS + 1)[1:-1]))
    p, q = (np.bincount(np.searchsorted(edges, part, side="right"), minlength=len(edges) + 1) + 0.5 for part in (reference, current))
    return float(entropy(p, q) + entropy(q, p))


def drift_by_feature() -> dict[str, float]:
    reference = digits.train_rows().tail(RECENT_ROWS)
    current = digits.shift(digits.live_rows())
    return {name: psi(reference[name].to_numpy(), current[name].to_numpy()) for name in digits.FEATURES}


def drifted(threshold: float = 0.2) -> set[str]:
    return {name for name, value in drift_by_feature().items() if value >= threshold}
