"""Values into frozen bins, and PSI over the counts: dataplane/stats against NumPy."""

import tempfile
import time
from pathlib import Path

import numpy as np

from .measure import GYRE, Figures, Program, interleave, progress, report

VALUES = 2_000_000
INTERVALS = 20
FEATURES = 20_000
OUTSIDE = 6  # Entries of a count vector that are no intervals (dataplane/stats/histogram.h).


def make_inputs(folder: Path) -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    sample = np.sort(random.normal(size=50_000))
    edges = np.quantile(sample, np.linspace(0, 1, INTERVALS + 1))
    # Inside the edges, so that numpy.histogram counts what we count.
    values = np.clip(random.normal(loc=0.2, size=VALUES), edges[0], edges[-1])
    inputs = {"values": values, "edges": edges,
              "reference": random.integers(1, 5000, size=(FEATURES, INTERVALS)).astype(float),
              "current": random.integers(1, 5000, size=(FEATURES, INTERVALS)).astype(float)}
    for name, array in inputs.items():
        array.astype("<f8").tofile(folder / name)
    return inputs


def bincount(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Ours in NumPy: an entry below, the intervals with the last one closed, an entry above."""
    places = np.searchsorted(edges, values, side="right")
    places[values == edges[-1]] = len(edges) - 1
    return np.bincount(places, minlength=len(edges) + 1)


def psi_one(reference: np.ndarray, current: np.ndarray) -> float:
    p, q = reference / reference.sum(), current / current.sum()
    return float(np.sum((p - q) * np.log(p / q)))


def psi_all(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    p, q = reference / reference.sum(axis=1, keepdims=True), current / current.sum(axis=1, keepdims=True)
    return np.sum((p - q) * np.log(p / q), axis=1)


def timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def check(program: Program, inputs: dict[str, np.ndarray]) -> None:
    """All count and compute the same, or their speeds say nothing."""
    counted = np.array(program.measure("count")["answer"])[1:INTERVALS + 1]
    values, edges = inputs["values"], inputs["edges"]
    np.testing.assert_array_equal(counted, np.histogram(values, edges)[0])
    np.testing.assert_array_equal(counted, bincount(values, edges)[1:INTERVALS + 1])
    ours = np.array(program.measure("psi")["answer"])
    np.testing.assert_allclose(ours, psi_all(inputs["reference"], inputs["current"]), rtol=1e-9)
    np.testing.assert_allclose(ours[0], psi_one(inputs["reference"][0], inputs["current"][0]), rtol=1e-9)
    progress("Gyre and NumPy give the same counts and the same PSI")


def run() -> list[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = make_inputs(folder)
        files = [folder / each for each in ("values", "edges", "reference", "current")]
        with Program("stats_bench", *files, INTERVALS) as program:
            check(program, inputs)
            return [run_count(program, inputs), run_psi(program, inputs)]


def run_count(program: Program, inputs: dict[str, np.ndarray]) -> str:
    values, edges = inputs["values"], inputs["edges"]

    def rate(seconds: float) -> Figures:
        return {"values/s": VALUES / seconds}

    raw = interleave({
        GYRE: lambda: rate(program.measure("count")["seconds"]),
        "numpy.histogram": lambda: rate(timed(lambda: np.histogram(values, edges))),
        "searchsorted+bincount": lambda: rate(timed(lambda: bincount(values, edges))),
    })
    return report("count", f"{VALUES:,} float64 values into {INTERVALS} frozen bins, one thread",
                  {"values/s": "higher"}, raw, {"numpy": np.__version__})


def run_psi(program: Program, inputs: dict[str, np.ndarray]) -> str:
    reference, current = inputs["reference"], inputs["current"]

    def rate(seconds: float) -> Figures:
        return {"features/s": FEATURES / seconds}

    raw = interleave({
        GYRE: lambda: rate(program.measure("psi")["seconds"]),
        "numpy, all at once": lambda: rate(timed(lambda: psi_all(reference, current))),
        "numpy, one by one": lambda: rate(timed(lambda: [psi_one(p, q) for p, q in zip(reference, current)])),
    })
    return report("psi", f"PSI of {FEATURES:,} features of {INTERVALS} bins, one thread", {"features/s": "higher"}, raw,
                  {"numpy": np.__version__})
