"""A plain FastAPI model server with named features. It knows nothing of Gyre but $GYRE_MODEL_DIR.

POST /predict  {"instances": [{"px_0_0": 0.0, ...}, ...]}  ->  {"predictions": [3, ...]}
"""

import json
import os
import pathlib

import joblib
import numpy as np
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

MODEL_DIR = pathlib.Path(os.environ.get("GYRE_MODEL_DIR", "/gyre/model"))

app = FastAPI(title="digits")
model = joblib.load(MODEL_DIR / "model.joblib")
signature = json.loads((MODEL_DIR / ".gyre" / "signature.json").read_text())
FEATURES = [column["name"] for column in signature["inputs"]]


class Instances(BaseModel):
    instances: list[dict[str, float]]


@app.get("/healthz")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/predict")
def predict(request: Instances) -> dict[str, list[int]]:
    try:
        rows = np.array([[row[name] for name in FEATURES] for row in request.instances])
    except KeyError as missing:
        raise HTTPException(422, f"feature {missing} is missing; send all of {len(FEATURES)} features by name") from missing
    return {"predictions": [int(value) for value in model.predict(rows)]}
