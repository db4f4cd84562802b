"""What a labelling pipeline would do: rows.py OUT.csv initial|shifted [COUNT]

initial   the labelled rows that the first model is trained on, dated a day ago
shifted   COUNT rows of live traffic, as the shifted sensors report them, labelled now
"""

import datetime
import os
import pathlib
import sys

import digits


def main() -> None:
    target, kind = pathlib.Path(sys.argv[1]), sys.argv[2]
    now = datetime.datetime.now(datetime.timezone.utc)
    if kind == "initial":
        frame, when = digits.train_rows(), now - datetime.timedelta(days=1)
    else:
        frame, when = digits.shift(digits.live_rows().head(int(sys.argv[3]))), now
    frame = frame.assign(labeled_at=when.strftime("%Y-%m-%dT%H:%M:%SZ"))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    frame.to_csv(partial, index=False)
    os.replace(partial, target)
    print(f"wrote {len(frame)} rows to {target}", flush=True)


if __name__ == "__main__":
    main()
