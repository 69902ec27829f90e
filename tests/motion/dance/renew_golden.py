"""Write golden_dance.npz anew after a wanted change of the dance: python -m tests.motion.dance.renew_golden"""

from pathlib import Path

import numpy as np

from motion.dance.player import Dance
from tests.motion.dance.test_player import OWN, PLAN, SONG

if __name__ == "__main__":
    motion = Dance(PLAN, SONG, OWN).frames(0, 900).motion
    target = Path(__file__).with_name("golden_dance.npz")
    np.savez_compressed(target, rotations=motion.rotations[::30], hips=motion.hips[::30])
    print(target)
