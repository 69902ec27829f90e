/**
 * Stairs smoothed along the edge, on the luma of a finished picture, in vectors of 128 bits: what full-screen passes of
 * software GL charge 23 to 28 ms a picture at 720p for costs about one here. Near a level edge a pixel takes half of
 * its neighbours to the sides, near an upright one half of those above and below, so that steps become ramps and edges
 * stay where they are (after the idea of directionally localised anti-aliasing, Andreev, GDC 2011). Flat places and
 * straight edges keep their values.
 */
import * as w from "./wasm";

/** Rows and columns at the rim that are left as they are. */
export const RIM = 3;
/** Steps of luma by which one direction must win before it counts. */
const LEAD = 14;
/** Where `from` stands before the row three above: offsets of loads cannot be negative. */
export const BEFORE = 16;

/** One row: from = begin of the row three above, less BEFORE; to = where the smoothed row goes. Stride in bytes. */
export function smoothRow(stride: number): w.Func {
  const [from, to, x] = [0, 1, 2];
  const [centre, top, bottom, left, right, upright, level] = [3, 4, 5, 6, 7, 8, 9];
  const at = (dx: number, dy: number): w.Code => w.load(w.get(from), (dy + RIM) * stride + BEFORE + dx);
  const mean = w.meanBytes;
  const apart = (a: number, b: number): w.Code =>
    w.or(w.subBytes(w.get(a), w.get(b)), w.subBytes(w.get(b), w.get(a)));
  /** Half the pixel, a quarter its neighbours, an eighth each the next two and the ones beyond. */
  const along = (dx: number, dy: number): w.Code =>
    mean(
      w.get(centre),
      mean(
        mean(at(dx, dy), at(-dx, -dy)),
        mean(mean(at(2 * dx, 2 * dy), at(-2 * dx, -2 * dy)), mean(at(3 * dx, 3 * dy), at(-3 * dx, -3 * dy))),
      ),
    );
  const wins = (a: number, b: number): w.Code => w.aboveBytes(w.subBytes(w.get(a), w.get(b)), w.splat8(LEAD));
  return {
    name: "smooth",
    parameters: 2,
    vectors: 7,
    body: w.loop(x, stride, 16, [
      ...w.set(centre, at(0, 0)),
      ...w.set(top, mean(mean(at(-1, -1), at(1, -1)), at(0, -1))),
      ...w.set(bottom, mean(mean(at(-1, 1), at(1, 1)), at(0, 1))),
      ...w.set(left, mean(mean(at(-1, -1), at(-1, 1)), at(-1, 0))),
      ...w.set(right, mean(mean(at(1, -1), at(1, 1)), at(1, 0))),
      ...w.set(upright, apart(left, right)),
      ...w.set(level, apart(top, bottom)),
      ...w.store(
        w.get(to),
        w.choose(
          along(1, 0),
          w.choose(along(0, 1), w.get(centre), wins(upright, level)),
          wins(level, upright),
        ),
      ),
      ...w.set(from, w.add(w.get(from), w.int(16))),
      ...w.set(to, w.add(w.get(to), w.int(16))),
    ]),
  };
}
