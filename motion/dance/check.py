"""Can a plan be danced to a song? Refuses an edited plan in one sentence that names the step and what would be right.

Only the checks that need song and library; what the file alone can tell is checked where it is read.
"""

from motion.dance.counts import count_song
from motion.dance.library import Library
from motion.dance.plan import REACH, Plan, PlanError, check_steps
from motion.dance.score import step_counts
from motion.music.song_map import SongMap

__all__ = ["check_plan"]


def check_plan(plan: Plan, song: SongMap, library: Library) -> None:
    """Can this plan be danced to this song with this library?

    Raises:
        PlanError: one sentence with the step and what would be right.
        MannerError: there is no such manner of dancing.
    """
    if plan.sound_sha256 and song.sound_sha256 and plan.sound_sha256 != song.sound_sha256:
        raise PlanError(
            "this plan was made for another sound file (its sound_sha256 differs); "
            'plan this song anew, or set sound_sha256 to "" in the plan to dance it all the same'
        )
    check_steps(plan)
    library.manner(plan.manner)
    counts = count_song(song)
    total = len(counts.bars)
    if plan.steps and not total:
        raise PlanError(
            "the plan has steps, but this song has no beat to dance to; leave the steps out or check the song"
        )
    for number, step in enumerate(plan.steps, start=1):
        here = f"step {number} ({step.move})"
        if step.move not in library:
            hint = " (the plan allows own moves only)" if plan.own_moves_only else ""
            raise PlanError(f"{here}: there is no such move{hint}; 'nichang dance list' shows the moves")
        entry = library[step.move]
        if plan.own_moves_only and not entry.own:
            raise PlanError(f"{here} comes from captured motion, but the plan says own_moves_only; take another move")
        if step.bar + step.bars > total:
            raise PlanError(
                f"{here} fills bars {step.bar} to {step.bar + step.bars - 1}; the song has 0 to {total - 1}"
            )
        if step.offset >= entry.counts:
            raise PlanError(
                f"{here} skips {step.offset} counts; the move has {entry.counts}, so 0 to {entry.counts - 1}"
            )
        if entry.clip is not None:
            needed = len(step_counts(step, counts)) + step.offset
            if needed > entry.counts:
                raise PlanError(f"{here} needs {needed} counts, but the clip has {entry.counts}; use fewer bars")
        elif not (abs(step.x) <= REACH and abs(step.z) <= REACH):
            raise PlanError(f"{here} ends at x {step.x}, z {step.z}; allowed are -{REACH} to {REACH} metres")
