"""Contact sheets: pictures of the show, laid side by side to be looked at."""
