"""The mark in the file that says: made by a machine. The mark in the picture is the stage's.

Its words are the same as a sound file's and stand there.
"""

from performer.voice.mark.label import AIGC_TAG, aigc_value

__all__ = ["AIGC_TAG", "aigc_value"]
