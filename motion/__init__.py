"""Numbers only: the rig, hearing music, and the dance. No devices, no sockets, no clock."""
