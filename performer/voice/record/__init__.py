"""Recording a person line by line: scripts, guide tones, meters, verdicts, and the folder that keeps the takes."""
