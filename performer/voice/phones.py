"""The phones that label the training: ARPAbet's 39 and silence, and how IPA is written with them."""

__all__ = ["IPA_OF", "PHONES", "arpabet_of_ipa"]

_NAMES = "SIL AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
PHONES = tuple(_NAMES.split())

# Longest first: a reader takes the first that fits.
_IPA = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "ɜː": "ER",
    "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO", "oː": "AO", "ɚ": "ER", "ɝ": "ER", "i": "IY", "u": "UW",
    "ɪ": "IH", "ɛ": "EH", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "ᵻ": "IH", "ʊ": "UH", "ɑ": "AA", "ɒ": "AA",
    "ɔ": "AO", "a": "AA", "e": "EH", "o": "OW", "θ": "TH", "ð": "DH", "ʃ": "SH", "ʒ": "ZH", "ŋ": "NG", "ɹ": "R",
    "r": "R", "ɾ": "T", "ɡ": "G", "g": "G", "j": "Y", "l": "L", "b": "B", "d": "D", "f": "F", "h": "HH", "k": "K",
    "m": "M", "n": "N", "p": "P", "s": "S", "t": "T", "v": "V", "w": "W", "z": "Z", "x": "K",
}  # fmt: skip


# How each is written in IPA; silence has no sign.
IPA_OF = {
    "SIL": "", "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ", "D": "d",
    "DH": "ð", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "dʒ",
    "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s",
    "SH": "ʃ", "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip


def arpabet_of_ipa(text: str) -> list[str]:
    """ "ˈhɛləʊ" -> ["HH", "EH", "L", "OW"]; what has no name here is left out."""
    found: list[str] = []
    at = 0
    while at < len(text):
        for width in (2, 1):
            if (name := _IPA.get(text[at : at + width])) is not None:
                found.append(name)
                at += width
                break
        else:
            at += 1
    return found
