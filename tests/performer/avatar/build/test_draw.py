"""Presets by lot: repeatable, written as a file that reads back, and made of nothing that no builder knows."""

from pathlib import Path

import numpy as np
import pytest

from performer.avatar.build.accessories.wear import KINDS
from performer.avatar.build.draw import draw_spec, load_lots, spec_to_toml
from performer.avatar.build.eye_shape import EYE_SETS
from performer.avatar.build.hair.style import style_of
from performer.avatar.build.outfit import OUTFITS
from performer.avatar.build.spec import HairSpec, Spec, read_spec
from performer.avatar.model import AvatarError
from performer.avatar.presets import preset_names, preset_path


def test_the_same_seed_draws_the_same_person_and_others_differ() -> None:
    assert draw_spec(5) == draw_spec(5)
    assert len({spec_to_toml(draw_spec(seed)) for seed in range(40)}) == 40


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_preset_reads_back(seed: int, tmp_path: Path) -> None:
    spec = draw_spec(seed)
    path = tmp_path / "preset.toml"
    path.write_text(spec_to_toml(spec), encoding="utf-8")
    assert read_spec(path) == spec


def test_builders_know_all_that_is_drawn() -> None:
    lots = load_lots()
    assert sum(lots.skin_chances) == pytest.approx(1.0)
    for kind in (lots.female, lots.male):
        assert set(kind.eyes) <= EYE_SETS.keys()
        assert set(kind.outfits) <= OUTFITS.keys()
        assert set(kind.accessories) <= set(KINDS)
        for style in kind.hair:
            for fringe in kind.fringes:
                style_of(HairSpec(style=style, fringe=fringe))


def test_both_sexes_and_all_themes_are_drawn() -> None:
    drawn = [draw_spec(seed) for seed in range(200)]
    assert 0.15 < np.mean([spec.body.frame == "male" for spec in drawn]) < 0.45
    assert len({spec.colours.main for spec in drawn}) == len(load_lots().themes)


def test_every_preset_is_read_and_named_as_its_folder() -> None:
    for name in preset_names():
        assert read_spec(preset_path(name)).name == name


def test_a_wrong_preset_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text('name = "x"\ntitle = "X"\n[body]\nhieght = 2\n')
    with pytest.raises(AvatarError, match="hieght"):
        read_spec(path)
    with pytest.raises(AvatarError, match="Did you mean niyu"):
        preset_path("nyu")


def test_quotes_in_a_title_survive(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(spec_to_toml(Spec(name="x", title='a "b" \\ c')), encoding="utf-8")
    assert read_spec(path).title == 'a "b" \\ c'
