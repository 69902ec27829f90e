"""Training of the network that parts voice and accompaniment. Needs the extra `train`; nothing here runs in a show."""
