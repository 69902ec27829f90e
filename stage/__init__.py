"""Where it is shown: wire, show, render, server, command."""
