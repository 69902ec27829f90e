"""HTTP and WebSocket server, clock, songs. Every module here is a shell: sockets, files, processes, time."""
