"""Whether a training still learns: a loss that is no number is not learnt from, and a row of them ends it."""

from torch import Tensor

from motion.errors import UserError

__all__ = ["must_be_sane"]

_PATIENCE = 20


def must_be_sane(loss: Tensor, lost: int) -> int:
    """loss: one number. lost: how many in a row were none before it -> how many now.

    Raises:
        UserError: too many in a row.
    """
    if bool(loss.isfinite()):
        return 0
    if lost + 1 >= _PATIENCE:
        raise UserError(
            f"the training went astray ({_PATIENCE} lessons in a row gave no number): check the recordings with "
            "`nichang voice check` and begin again; what was learnt before is kept"
        )
    return lost + 1
