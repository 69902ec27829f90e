"""What every test stands on: property tests that no slow or busy machine can fail by its slowness."""

import os
import signal

from hypothesis import HealthCheck, settings

__all__: list[str] = []

# Slowness is measured by the benches, not here. With CI set (.ci/run) the drawn examples are the same on every run, so
# that the gate says the same of the same revision; elsewhere they differ, and what fails is printed to be run again.
settings.register_profile(
    "nichang",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
)
settings.load_profile("nichang")

# A shell starts what it puts into the background deaf to Ctrl-C, and children inherit that; some tests press it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
