"""The report page of a clone."""
