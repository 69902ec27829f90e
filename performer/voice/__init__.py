"""The voice slot: sound in, sound with phones and pitch out."""
