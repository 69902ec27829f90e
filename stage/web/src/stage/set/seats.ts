/** Where people stand: the floor before the stage, and tiers that rise behind it and bend around it. Metres. */
import type { Venue } from "../venue";
import { dice } from "./shared";

export interface Seat {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly chance: number;
}

/** Ways from the front to the back, at these shares of half a row. */
export const WAYS = [0.36, 0.72] as const;
/** Lengths of the waves, metres, by which people stand closer here and leave room there. */
const GROUPS = [1.9, 2.7] as const;
/** Share of places that stay empty where there is most room. */
const EMPTY = 0.34;
/** Between two people of a row. */
const ELBOWS = 0.64;
/** Before a tier's board nobody stands, so far. */
const FREE = 0.9;

/** Height of what people stand on in a row that would be at `z` in the middle of the hall. */
export function standing({ tiers, measure }: Venue, z: number): number {
  const tier = [...tiers].reverse().find(({ from }) => z >= from);
  return measure.pit + (tier ? tier.height + tier.rise * (z - tier.from) : 0);
}

/** How much nearer to the stage a row is at `x` than in its middle; only tiers bend. */
export const bent = ({ tiers, crowd }: Venue, x: number, z: number): number => (tiers.some(({ from }) => z >= from) ? crowd.bend * x * x : 0);

/** Of a tier's board over its first row's feet, metres. */
export const PARAPET = 0.95;

/** Where the board before a seat's tier stands, in the row of that seat, and how high it ends; zeros on the floor. */
export function boardBefore({ tiers, crowd, measure }: Venue, { x, z }: Seat): readonly [z: number, y: number] {
  const bow = crowd.bend * x * x;
  const tier = [...tiers].reverse().find(({ from }) => z + bow > from - 0.2);
  return tier ? [tier.from - bow, measure.pit + tier.height + PARAPET] : [0, 0];
}

/** How much room people leave here, 0..1. */
function room(x: number, z: number): number {
  const wave = Math.sin(x / GROUPS[0] + 1.3 * Math.sin(z / GROUPS[1])) * Math.sin(z / GROUPS[0] + 0.9 * Math.sin(x / GROUPS[1]));
  return Math.max(0, wave);
}

/** Rows that widen and rise, with room for the runway. */
export function seats(venue: Venue, seed: number): readonly Seat[] {
  const { crowd, measure, tiers } = venue;
  const roll = dice(seed);
  const all: Seat[] = [];
  for (let row = 0; row < crowd.rows; row++) {
    const z = crowd.first + row * crowd.row;
    const half = crowd.half + crowd.spread * (z - crowd.first);
    const places = Math.floor((2 * half) / ELBOWS);
    const inTier = tiers.some(({ from }) => z >= from);
    const free = tiers.some(({ from }) => z < from && z > from - FREE - crowd.row);
    for (let i = 0; i < places; i++) {
      const x = -half + (i + 0.5 + (roll() - 0.5) * 0.85 + (row % 2) * 0.5) * ((2 * half) / places);
      const seat = {
        x,
        y: standing(venue, z) - 0.14 * roll(),
        z: z + (roll() - 0.5) * (inTier ? 0.3 : 0.5) - bent(venue, x, z),
        chance: roll(),
      };
      if (roll() < EMPTY * room(x, z)) continue;
      // Ways between the blocks; in the dark they give the sea of lights a shape.
      if (free || (inTier && WAYS.some((way) => Math.abs(Math.abs(x) / half - way) * half < 0.4))) continue;
      // The floor ends where a bent tier begins.
      if (!inTier && tiers.some(({ from }) => z > from - FREE - crowd.bend * x * x)) continue;
      if (Math.abs(x) > measure.runway_half + 0.45 || z > measure.runway_front + 0.5) all.push(seat);
    }
  }
  return all;
}
