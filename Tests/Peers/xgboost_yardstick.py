"""Average precision of a model of Holdfast against XGBoost on the same inputs.

Both are fitted to the rows of one range and judged on those of a later one:

    holdfast train TABLE --from A --until B --out MODEL
    holdfast score MODEL TABLE --from A --until B --features --out fitted.csv
    holdfast score MODEL TABLE --from C --until D --features --out judged.csv
    python Tests/Peers/xgboost_yardstick.py TABLE fitted.csv judged.csv

Labels are taken from the table by `transaction_id`. The yardstick is XGBoost with 200 trees of
depth 4 at rate 0.1 and all else as it comes. Prints one line: both average precisions (step
definition) and their ratio.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score
from xgboost import XGBClassifier


def labelled(path, labels):
    rows = pd.read_csv(path, dtype={"transaction_id": str}).set_index("transaction_id")
    label = labels.reindex(rows.index)
    known = label.notna().to_numpy()
    inputs = rows.drop(columns="score").select_dtypes("number")
    return rows["score"][known], inputs[known], label[known].astype(int)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("fitted")
    parser.add_argument("judged")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    labels = pd.read_csv(
        arguments.table, usecols=["transaction_id", "label"], dtype={"transaction_id": str}
    ).set_index("transaction_id")["label"]
    _, fitted, fitted_label = labelled(arguments.fitted, labels)
    score, judged, judged_label = labelled(arguments.judged, labels)
    peer = XGBClassifier(
        n_estimators=200, max_depth=4, learning_rate=0.1, n_jobs=arguments.threads
    )
    peer.fit(fitted, fitted_label)
    ours = average_precision_score(judged_label, score)
    theirs = average_precision_score(judged_label, peer.predict_proba(judged)[:, 1])
    if not np.isfinite(ours) or theirs == 0:
        raise SystemExit("there is nothing to judge by: both classes are needed")
    print(
        f"rows {len(judged_label)} frauds {judged_label.sum()} "
        f"ours {ours:.4f} xgboost {theirs:.4f} ratio {ours / theirs:.4f}"
    )


if __name__ == "__main__":
    main()
