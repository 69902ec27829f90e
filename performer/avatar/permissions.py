"""What the author of a VRM allows, in words. The two generations of the format say it differently; here it is alike."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from performer.avatar.model import Meta

__all__ = ["meta0", "meta1"]

_USE_0 = {
    "onlyauthor": "only the author may perform with it",
    "explicitlylicensedperson": "only persons whom the author licensed may perform with it",
    "everyone": "everyone may perform with it",
}
_USE_1 = {
    "onlyAuthor": "only the author may perform with it",
    "onlySeparatelyLicensedPerson": "only persons whom the author licensed may perform with it",
    "everyone": "everyone may perform with it",
}
_COMMERCIAL_1 = {
    "personalNonProfit": "not for money",
    "personalProfit": "persons may earn with it, companies not",
    "corporation": "persons and companies may earn with it",
}
_MODIFICATION_1 = {
    "prohibited": "may not be changed",
    "allowModification": "may be changed, changed copies not passed on",
    "allowModificationRedistribution": "may be changed and passed on",
}


# VRoid Hub writes its conditions into the address of its licence.
_HUB = "hub.vroid.com"
_HUB_COMMERCIAL = {
    ("disallow", "disallow"): "not for money",
    ("nonprofit", "disallow"): "not for money",
    ("profit", "disallow"): "persons may earn with it, companies not",
    ("profit", "allow"): "persons and companies may earn with it",
}


def _hub_terms(url: str) -> dict[str, str]:
    """The answers in a VRoid Hub licence address, empty for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return {}
    return {k: v[0].lower() for k, v in parse_qs(parts.query).items()} if parts.hostname == _HUB else {}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def meta0(raw: Mapping[str, Any]) -> Meta:
    """Read the meta block of VRM 0.x."""
    author = _text(raw.get("author"))
    licence = _text(raw.get("licenseName"))
    other = _text(raw.get("otherLicenseUrl")) or _text(raw.get("otherPermissionUrl"))
    named = licence.replace("_", " ") if licence and licence != "Other" else other
    # CC licences answer what 0.x has no field for.
    free = licence in ("CC0", "CC_BY", "CC_BY_NC", "CC_BY_SA", "CC_BY_NC_SA")
    if licence == "Redistribution_Prohibited":
        passing, changing = "may not be passed on", ""
    elif free:
        passing, changing = "may be passed on", "may be changed"
    else:
        passing = changing = ""
    credit = "name the author" if licence.startswith("CC_BY") else ""
    money = {"allow": "may earn money", "disallow": "not for money"}.get(
        _text(raw.get("commercialUssageName")).lower(), ""
    )
    hub = _hub_terms(other)
    if hub:
        named = "VRoid Hub conditions"
        money = _HUB_COMMERCIAL.get(
            (hub.get("personal_commercial_use", ""), hub.get("corporate_commercial_use", "")), money
        )
        passing = {"allow": "may be passed on", "disallow": "may not be passed on"}.get(
            hub.get("redistribution", ""), ""
        )
        changing = {"allow": "may be changed", "disallow": "may not be changed"}.get(hub.get("modification", ""), "")
        credit = {"unnecessary": "no credit needed", "necessary": "name the author"}.get(hub.get("credit", ""), "")
    return Meta(
        title=_text(raw.get("title")),
        authors=(author,) if author else (),
        licence=named,
        use=_USE_0.get(_text(raw.get("allowedUserName")).lower(), ""),
        commercial=money,
        redistribution=passing,
        modification=changing,
        credit=credit,
    )


def meta1(raw: Mapping[str, Any]) -> Meta:
    """Read the meta block of VRM 1.0; what is left out has the specification's default."""
    authors = raw.get("authors")
    names = tuple(_text(name) for name in authors if _text(name)) if isinstance(authors, list) else ()
    return Meta(
        title=_text(raw.get("name")),
        authors=names,
        licence=_text(raw.get("otherLicenseUrl")) or _text(raw.get("licenseUrl")),
        use=_USE_1.get(_text(raw.get("avatarPermission")) or "onlyAuthor", ""),
        commercial=_COMMERCIAL_1.get(_text(raw.get("commercialUsage")) or "personalNonProfit", ""),
        redistribution="may be passed on" if raw.get("allowRedistribution") is True else "may not be passed on",
        modification=_MODIFICATION_1.get(_text(raw.get("modification")) or "prohibited", ""),
        credit="no credit needed" if raw.get("creditNotation") == "unnecessary" else "name the author",
    )
