"""Song to video: drives the stage page frame by frame."""
