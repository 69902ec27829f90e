"""HTTP and WebSocket server, clock, devices."""
