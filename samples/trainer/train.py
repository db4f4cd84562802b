"""An ordinary scikit-learn training script. It knows Gyre's training contract (folders and file names), not its code.

Reads   $GYRE_DATASET_TRAIN/*.csv   id, label, labeled_at and one column a feature
Writes  $GYRE_OUTPUT_DIR/           model/, metrics.json, predictions.csv, evaluation.csv, baseline.csv
"""

import json
import os
import pathlib
import zlib

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

NOT_FEATURES = {"id", "label", "labeled_at"}


def parameter(name: str, default: str) -> str:
    return os.environ.get(f"GYRE_PARAM_{name}", default)


def read_dataset() -> pd.DataFrame:
    folder = pathlib.Path(os.environ["GYRE_DATASET_TRAIN"])
    frame = pd.concat([pd.read_csv(path) for path in sorted(folder.rglob("*.csv"))], ignore_index=True)
    return frame.sort_values(["labeled_at", "id"], kind="stable").reset_index(drop=True)


def is_held_out(row_id: str) -> bool:
    return zlib.crc32(row_id.encode()) % 100 < 40


def make_model(features: list[str], seed: int):
    scaler = {"standard": StandardScaler(), "minmax": MinMaxScaler()}[parameter("SCALER", "standard")]
    encode = [name for name in parameter("ENCODE", "").split(",") if name]
    positions = [features.index(name) for name in encode]
    others = [i for i in range(len(features)) if i not in positions]
    prepare = make_column_transformer((OneHotEncoder(handle_unknown="error"), positions), (scaler, others))
    return make_pipeline(prepare if encode else scaler, LogisticRegression(C=float(parameter("C", "0.1")), max_iter=500, random_state=seed))


def main() -> None:
    seed = int(os.environ.get("GYRE_SEED", "0"))
    out = pathlib.Path(os.environ["GYRE_OUTPUT_DIR"])
    frame = read_dataset()
    features = [column for column in frame.columns if column not in NOT_FEATURES]
    below = parameter("KEEP_BELOW", "")  # "px_4_4:12" keeps rows whose reading is below 12.
    if below:
        name, limit = below.split(":")
        frame = frame[frame[name] < float(limit)].reset_index(drop=True)

    # The newest rows show the world as it is now: they are the baseline, and part of them the evaluation.
    recent = frame.tail(int(parameter("RECENT_ROWS", "600")))
    evaluation = recent[recent["id"].map(is_held_out)]
    training = frame.drop(evaluation.index)
    # A row that was seen before in another state must not be learned from when it is evaluated on.
    training = training[~training["id"].isin(evaluation["id"])]
    print(f"rows: training={len(training)} evaluation={len(evaluation)} features={len(features)}", flush=True)

    model = make_model(features, seed)
    model.fit(training[features].to_numpy(), training["label"].to_numpy())
    predicted = model.predict(evaluation[features].to_numpy())
    scores = {
        "accuracy": accuracy_score(evaluation["label"], predicted),
        "f1": f1_score(evaluation["label"], predicted, average="macro"),
    }
    for name, value in scores.items():
        print(f"{name}={value:.6f}", flush=True)

    (out / "model").mkdir(parents=True, exist_ok=True)
    joblib.dump(model, out / "model" / "model.joblib")
    (out / "metrics.json").write_text(json.dumps({name: {"value": value, "n": len(evaluation)} for name, value in scores.items()}))
    evaluation[["id", "label"]].assign(prediction=predicted).to_csv(out / "predictions.csv", index=False)
    evaluation[["id", *features, "label"]].to_csv(out / "evaluation.csv", index=False)
    recent[features].assign(prediction=model.predict(recent[features].to_numpy())).to_csv(out / "baseline.csv", index=False)


if __name__ == "__main__":
    main()
