"""A picture of a face track is there whole, also where two runs draw it at once, or a sentence says why not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from performer.face.picture import PictureError, draw_face
from performer.face.track import EXPRESSION_INDEX, FaceTrack

pytest.importorskip("matplotlib", reason="needs matplotlib: make setup EXTRAS=plot")

RATE = 8000


def face() -> FaceTrack:
    weights = np.zeros((60, len(EXPRESSION_INDEX)), np.float32)
    weights[10:30, EXPRESSION_INDEX["aa"]] = 0.7
    return FaceTrack(weights, np.zeros((60, 2), np.float32))


def sound() -> np.ndarray:
    return np.sin(np.arange(RATE) / 5).astype(np.float32)


def test_two_runs_at_once_draw_a_whole_picture_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "face.png"
    replace = Path.replace
    met: list[Path] = []

    def late(part: Path, target: Path) -> Path:
        met.append(part)
        if len(met) == 1:
            draw_face(path, sound(), RATE, face(), title="second")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", late)
    draw_face(path, sound(), RATE, face(), title="first")
    assert len(set(met)) == 2
    assert [found.name for found in tmp_path.iterdir()] == ["face.png"]
    with Image.open(path) as picture:
        assert picture.size == (800, 640)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="cannot write"):
        draw_face(tmp_path / "none" / "face.png", sound(), RATE, face())
    assert list(tmp_path.iterdir()) == []
