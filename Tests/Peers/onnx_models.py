"""onnxruntime and skl2onnx, for the tests of ONNX graphs.

    onnx_models.py score GRAPH INPUTS COLUMNS SCORES
        runs a graph of one input over rows of doubles and writes its first output, as doubles
    onnx_models.py make FOLDER
        fits scikit-learn's models, writes them as skl2onnx does and says on standard output, as JSON, what is in
        each: NAME.onnx, NAME.rows (doubles, row by row) and NAME.scores (what onnxruntime makes of them)

`make peers` installs what this needs.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# The newest operators of trees that skl2onnx writes.
FOREST_OPSET = {"": 17, "ai.onnx.ml": 3}


def session(graph):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def score(graph, rows, columns, scores):
    table = np.fromfile(rows).reshape(-1, int(columns))
    running = session(graph)
    result = running.run(None, {running.get_inputs()[0].name: table})[0]
    result.astype(np.float64).ravel().tofile(scores)


def probabilities(outputs):
    """Of class 1, of what a graph gives: a map for each row, or a table."""
    if isinstance(outputs, list):
        return [row[max(row)] for row in outputs]
    return outputs[:, 1]


def make(folder):
    folder = pathlib.Path(folder)
    random = np.random.default_rng(20260131)
    scale = np.array([1.0, 250.0, 0.01, 30.0, 5.0])
    fitted = random.normal(size=(900, 5)) * scale + np.array([0, 1000, 0, -40, 2])
    label = (fitted[:, 0] + (fitted[:, 1] - 1000) / 200 + random.normal(size=900) > 0.8).astype(int)
    judged = random.normal(size=(700, 5)) * scale * 2 + np.array([0, 1000, 0, -40, 2])
    made = []

    def write(name, model, rows, kind, columns=None, **options):
        sample = {"initial_types": columns} if columns else {"X": rows[:1]}
        graph = to_onnx(model, **sample, **options).SerializeToString()
        running = session(graph)
        inputs = running.get_inputs()
        if columns:
            fed = {n.name: rows[:, i : i + 1] for i, n in enumerate(inputs)}
        else:
            fed = {inputs[0].name: rows}
        outputs = running.run(None, fed)
        scores = probabilities(outputs[1]) if kind == "logistic" else outputs[1]
        folder.joinpath(f"{name}.onnx").write_bytes(graph)
        # Inputs are as they would be in a table: of double precision, whatever the graph's.
        (gaps if kind == "forest" else judged).tofile(folder / f"{name}.rows")
        np.asarray(scores, dtype=np.float64).ravel().tofile(folder / f"{name}.scores")
        made.append({
            "name": name, "kind": kind, "columns": rows.shape[1],
            "limit": float(-model.offset_) if kind == "forest" else 0.5,
        })

    gaps = judged.copy()
    gaps[random.random(gaps.shape) < 0.05] = np.nan
    single = judged.astype(np.float32)
    plain = LogisticRegression(max_iter=5000).fit(fitted, label)
    scaled = make_pipeline(StandardScaler(), LogisticRegression()).fit(fitted, label)
    write("plain-float", plain, single, "logistic")
    # onnxruntime takes no ZipMap of doubles.
    table = {"zipmap": False}
    write("plain-table", plain, single, "logistic", options=table)
    write("plain-double", plain, judged, "logistic", options=table)
    write("scaled-float", scaled, single, "logistic")
    write("scaled-double", scaled, judged, "logistic", options=table)
    named = [(name, FloatTensorType([None, 1])) for name in ["a", "b", "c", "d", "e"]]
    write("scaled-columns", scaled, single, "logistic", columns=named)
    small = IsolationForest(n_estimators=30, max_samples=64, random_state=1).fit(fitted)
    usual = IsolationForest(random_state=2).fit(fitted)
    strict = IsolationForest(n_estimators=50, contamination=0.05, random_state=3).fit(fitted)
    gaps_single = gaps.astype(np.float32)
    for name, forest in [("small", small), ("usual", usual), ("strict", strict)]:
        write(f"forest-{name}", forest, gaps_single, "forest", target_opset=FOREST_OPSET)
    print(json.dumps(made))


if __name__ == "__main__":
    {"score": score, "make": make}[sys.argv[1]](*sys.argv[2:])
