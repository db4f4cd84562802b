"""Skipped as a whole where the local cluster's tools are not built."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tests.faults.harness.control_plane import find_tools  # noqa: E402

NOT_BUILT = 77  # What CMake takes for skipped.


def pytest_sessionstart():
    try:
        find_tools()
    except RuntimeError as error:
        pytest.exit(str(error), NOT_BUILT)
