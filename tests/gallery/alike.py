"""How far two pictures are apart to the eye: what goldens are compared by.

Both are made small and soft before they are compared, in CIE L*a*b* (D65): another driver's edges and a hair's breadth
of movement do not count, a colour, a missing part or another framing does.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

__all__ = ["distance", "lab"]

_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def lab(picture: Image.Image) -> NDArray[np.float64]:
    """(height, width, 3): L* 0..100, a*, b*."""
    srgb = np.asarray(picture.convert("RGB"), np.float64) / 255.0
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.stack((116.0 * f[..., 1] - 16.0, 500.0 * (f[..., 0] - f[..., 1]), 200.0 * (f[..., 1] - f[..., 2])), -1)


def distance(one: Image.Image, two: Image.Image, *, size: int = 96) -> tuple[float, float]:
    """Mean colour difference (CIE76) over the whole picture, and the 99th percentile over its places.

    2.3 is what an eye just tells apart side by side.
    """
    shape = (size, max(1, round(size * one.height / one.width)))

    def small(picture: Image.Image) -> NDArray[np.float64]:
        return lab(picture.convert("RGB").resize(shape, Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(1.5)))

    apart = np.linalg.norm(small(one) - small(two), axis=-1)
    return float(apart.mean()), float(np.percentile(apart, 99))
