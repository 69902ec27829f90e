"""Weights of the logistic regression that hears a voice in a mix, made by tests/motion/music/fit_voice.py.

Data, all of it free for shipped weights. Voices: Imagawa Yuki UTAU voice bank (Adios, KGS; public domain), Erithacus
UTAU voice bank (Erithacus Project, CC BY 4.0), LibriSpeech readers (CC BY 4.0), changed in pitch, length and vibrato.
Music: "Vibe Ace" and "Dance of the Sugar Plum Fairy" by Kevin MacLeod (CC BY 3.0), Hungarian Dance no. 5 by the US
Army Strings (public domain), "Feelings", its guitar, and "Escape from chaosland" by Sectoid (MIT), nine General MIDI
bands with gliding lead instruments. Mixes at -3 to +6 dB, beside the same music alone; 59 minutes, 31 % with voice.
Nobody can be recognised or made to speak with these 28 numbers. Good for: where lips move, what a section is called.
Bad at: synthetic voices without vibrato or glide (recall 0.4 over loud synthesizers), and lead flutes and guitars
that slide like voices. A new run of the script gives near but not the same numbers: the mixes of the last two songs
were drawn in another order.
"""

__all__ = ["BIAS", "WEIGHTS"]

BIAS = 6.5407
WEIGHTS = {
    "confidence": 0.4450,
    "alive": -0.7667,
    "glide": 0.4683,
    "shake": -0.0057,
    "level": 0.1862,
    "centre": 0.1326,
    "slope_move": 0.0699,
    "shape_move": 0.2074,
    "fine_move": -0.6150,
    "voice_slope_move": -0.0586,
    "voice_shape_move": 0.0488,
    "syllables": 0.1268,
    "flatness": -0.0272,
    "sung": -0.0162,
    "confidence_around": 2.1042,
    "alive_around": -0.7955,
    "glide_around": 1.7519,
    "shake_around": 0.7404,
    "level_around": 0.1974,
    "centre_around": 0.5825,
    "slope_move_around": 0.1809,
    "shape_move_around": 0.3684,
    "fine_move_around": -1.1437,
    "voice_slope_move_around": 0.0813,
    "voice_shape_move_around": 0.1871,
    "syllables_around": 0.3871,
    "flatness_around": -0.0207,
    "sung_around": 2.2255,
}
