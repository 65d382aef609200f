"""Time a million rows from Parquet to estimates, the imports not counted, with the process's peak memory."""

import json
import resource
import sys
import time
from pathlib import Path

from opmaat.evaluate.estimate import estimate_cells
from opmaat.panel.cells import read_cells
from opmaat.protocol.load import load_protocol

study = Path(sys.argv[1])
protocol = load_protocol(study)
seconds = []
for _ in range(3):
    start = time.perf_counter()
    found = estimate_cells(protocol, "A1", read_cells(protocol, "A1", study))
    seconds.append(time.perf_counter() - start)
result = {
    "seconds": min(seconds),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "numbers": [item.point for item in found] + [item.std_error for item in found],
}
print(json.dumps(result))
