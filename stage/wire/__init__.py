"""Message schema, codec, sessions: bytes and records, no sockets."""
