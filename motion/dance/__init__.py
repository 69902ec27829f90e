"""The dance: move library, planner, player."""
