"""Gyre is installed once for all scenarios; each test module gets a namespace of its own."""

import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from gyre_e2e.cluster import Namespace  # noqa: E402
from gyre_e2e.install import install  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def gyre():
    install()


@pytest.fixture(scope="module")
def namespace(request):
    name = "gyre-" + re.sub("_", "-", request.module.__name__.removeprefix("test_"))
    space = Namespace(name)
    space.recreate()
    yield space
    space.delete()
