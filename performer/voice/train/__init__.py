"""Training of the voice's networks (torch, extra `train`). Nothing here runs in a show."""
