"""scikit-learn's isolation forest and logistic regression, for `holdfast bench models`.

Reads one JSON object a line from standard input and answers each with one on standard output. Times
are of the call alone, on data that is in memory. `make peers` installs what this needs.
"""

import gzip
import json
import os
import sys
import time

answers = sys.stdout
sys.stdout = sys.stderr = open(os.devnull, "w")

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_info, threadpool_limits

threadpool_limits(limits=1)
tables = {}
labels = {}
forests = {}


def versions():
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return {
        "scikit_learn": sklearn.__version__,
        "blas": " ".join(str(blas[0][key]) for key in ("internal_api", "version", "architecture")),
        "threads": max(pool["num_threads"] for pool in threadpool_info()),
    }


def read(name, path, out):
    """A table of numbers, its last column the label; written to `out` as it is in memory."""
    with gzip.open(path, "rt") as lines:
        columns = lines.readline().strip().split(",")
        if columns[-1] != "label":
            raise ValueError(f"{path}: the last column is {columns[-1]}, not label")
        values = np.loadtxt(lines, delimiter=",", ndmin=2)
    tables[name] = np.ascontiguousarray(values[:, :-1])
    labels[name] = values[:, -1]
    tables[name].tofile(out)
    labels[name].tofile(out + ".label")
    return {"rows": len(values), "columns": len(columns) - 1}


def load(name, path, columns, label_path=None):
    """A table of doubles, row by row, and its labels."""
    tables[name] = np.fromfile(path).reshape(-1, columns)
    if label_path:
        labels[name] = np.fromfile(label_path).astype(int)
    return {"rows": len(tables[name])}


def forest(trees, subsample, seed):
    return IsolationForest(n_estimators=trees, max_samples=subsample, random_state=seed)


def forest_auc(name, trees, subsample, seeds):
    table = tables[name]
    subsample = min(subsample, len(table))
    areas = [
        roc_auc_score(
            labels[name], -forest(trees, subsample, seed).fit(table).score_samples(table)
        )
        for seed in range(seeds)
    ]
    return {"mean": float(np.mean(areas))}


def forest_fit(name, trees, subsample, seed):
    unfitted = forest(trees, subsample, seed)
    start = time.perf_counter()
    forests[name] = unfitted.fit(tables[name])
    return {"seconds": time.perf_counter() - start}


def forest_score(name, batch):
    table, fitted = tables[name], forests[name]
    start = time.perf_counter()
    for first in range(0, len(table), batch):
        fitted.score_samples(table[first : first + batch])
    return {"seconds": time.perf_counter() - start}


def logistic_fit(name):
    unfitted = LogisticRegression(solver="lbfgs")
    start = time.perf_counter()
    fitted = unfitted.fit(tables[name], labels[name])
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "iterations": int(fitted.n_iter_[0]),
        "weights": [float(fitted.intercept_[0])] + [float(w) for w in fitted.coef_[0]],
    }


def objective(name, weights, penalty):
    """What both fits minimise, by its definition: mean loss and L2 penalty."""
    weights = np.array(weights)
    margins = tables[name] @ weights[1:] + weights[0]
    own = np.where(labels[name] == 1, margins, -margins)
    return {"value": float(np.logaddexp(0, -own).mean() + penalty / 2 * weights[1:] @ weights[1:])}


verbs = {
    verb.__name__: verb
    for verb in (
        versions, read, load, forest_auc, forest_fit, forest_score, logistic_fit, objective,
    )
}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = verbs[request.pop("verb")](**request)
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
