"""VRM files: read, check, build; fit a pose onto a model."""
