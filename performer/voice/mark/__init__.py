"""The mark: says in the sound itself, unheard, that a machine made it; and the label that says so in the file."""
