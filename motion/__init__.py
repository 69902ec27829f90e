"""Numbers only: the rig, hearing music, and the dance. No devices, no sockets, no clock."""

import os

# onnxruntime (from 1.31 on) reports its use to its maker unless this is set before it is loaded. Nothing that we run
# may leave the machine. Here, because whatever of ours loads it has come through this package.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
