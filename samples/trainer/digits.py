"""Handwritten digits (UCI, shipped with scikit-learn): 1,797 rows of 64 sensor readings, split once and for all.

A row belongs to one part only: `train` (before anything is served), `live` (what clients send later).
"""

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

FEATURES = [f"px_{row}_{column}" for row in range(8) for column in range(8)]
# The sensors whose scale changes when the world shifts: two lines in the middle of the picture.
SHIFTED = [f"px_{row}_{column}" for row in (3, 4) for column in range(2, 6)]
SHIFT_GAIN = 0.3
TRAIN_ROWS = 900


def load() -> pd.DataFrame:
    digits = load_digits()
    frame = pd.DataFrame(digits.data, columns=FEATURES)
    frame.insert(0, "id", [f"row-{i:04d}" for i in range(len(frame))])
    frame["label"] = digits.target
    return frame.sample(frac=1, random_state=20261121).reset_index(drop=True)


def train_rows() -> pd.DataFrame:
    return load().iloc[:TRAIN_ROWS]


def live_rows() -> pd.DataFrame:
    return load().iloc[TRAIN_ROWS:].reset_index(drop=True)


def shift(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows as the sensors report them after their scale has changed."""
    moved = frame.copy()
    moved[SHIFTED] = np.round(moved[SHIFTED] * SHIFT_GAIN, 1)
    return moved
