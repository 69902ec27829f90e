"""Data shipped with nichang: avatars, songs, voices, moves, venues, shows. Each has a card."""
