/** Venues as typed numbers, from their preset files; colours are display values 0..1, places metres. */
import arenaText from "../../../../presets/venues/arena/arena.toml?raw";
import livehouseText from "../../../../presets/venues/livehouse/livehouse.toml?raw";
import paletteText from "../../../../presets/venues/palettes.toml?raw";
import { parseToml, type TomlTable } from "./toml";

/** Four colours of display values, three numbers each: main, second, deep, near white; and 0..1, how far lights go
 * through all hues, each by its place. */
export type Palette = Float32Array;
export type Vec2 = readonly [number, number];
export type Vec3 = readonly [number, number, number];

/** What the wall can show; the song's own motif is one of these. */
export const PATTERNS = ["burst", "bars", "type", "bokeh", "tunnel", "dawn", "silk", "stars", "halftone", "wings", "rain", "moon"] as const;
export type Pattern = (typeof PATTERNS)[number];
export const BEAMS = ["still", "fan", "closing", "cross", "sweep", "up"] as const;

export interface Look {
  readonly name: string;
  /** Contents of the wall, one after the other; "motif" is the song's own. */
  readonly patterns: readonly (Pattern | "motif")[];
  /** Bars that one of them stays. */
  readonly every: number;
  readonly beams: (typeof BEAMS)[number];
  readonly lamps: number;
  readonly wash: number;
  readonly key: number;
  readonly crowd: number;
  /** One clean spot from above while the room is dark, 0..1; none where it is not said. */
  readonly spot?: number;
  /** How far sticks burn as candles then, 0..1. */
  readonly candles?: number;
  /** Light that wanders over the deck, 0..1. */
  readonly gobos?: number;
}

/** One block of rising rows, behind a board of light. */
export interface Tier {
  /** Where it begins, towards the hall's end. */
  readonly from: number;
  /** Of its first row over the audience's floor. */
  readonly height: number;
  /** For each metre behind that. */
  readonly rise: number;
}

/** What stands for songs with one of these words in their title. */
export interface Motif {
  readonly pattern: Pattern;
  readonly words: readonly string[];
}

export interface Screen {
  readonly at: Vec3;
  readonly size: Vec2;
  readonly turn: number;
  readonly u: Vec2;
  readonly share: number;
}

export interface Surface {
  readonly paint: "brick" | "cloth" | "hall";
  readonly at: Vec3;
  readonly size: Vec2;
  readonly turn: number;
  readonly tone: string;
}

export interface Box {
  readonly at: Vec3;
  readonly size: Vec3;
  readonly tone: string;
}

export interface Speaker {
  /** Middle of its foot. */
  readonly at: Vec3;
  readonly size: Vec3;
  readonly turn: number;
}

export interface Monitor {
  readonly at: Vec3;
  readonly turn: number;
}

export interface Truss {
  readonly from: Vec3;
  readonly to: Vec3;
  readonly side: number;
}

export interface Strip {
  readonly at: Vec3;
  readonly length: number;
  readonly high: number;
}

export interface Tube {
  readonly at: Vec3;
  readonly length: number;
}

export type LampGroup = "top" | "floor" | "side" | "front";

export interface LampRow {
  readonly group: LampGroup;
  readonly from: Vec3;
  readonly to: Vec3;
  readonly count: number;
  /** Length of the beam; 0: a lamp that shines on the stage from the front, without one. */
  readonly reach: number;
}

type Numbers<Names extends string> = Readonly<Record<Names, number>>;

export interface Venue {
  readonly name: string;
  readonly palettes: readonly Palette[];
  readonly paletteNames: readonly string[];
  readonly looks: readonly Look[];
  readonly motifs: readonly Motif[];
  readonly measure: Numbers<
    | ("deck_half" | "deck_front" | "deck_back" | "pit" | "runway_half" | "runway_front" | "ceiling")
    | ("tile" | "gloss" | "rings" | "haze_height" | "haze_width" | "haze_gain")
  >;
  readonly wall: Numbers<"width" | "height" | "base" | "z" | "gain">;
  readonly crowd: Numbers<
    | ("rows" | "first" | "row" | "half" | "spread" | "bend" | "main_share" | "second_share")
    | "hands"
    | ("sticks_lite" | "sticks_full" | "people_lite" | "people_full")
  >;
  readonly light: Numbers<
    | ("palette_half_life" | "pulse_decay" | "flashes_per_second" | "strobe_gain" | "rim_gain" | "beam_gain")
    | ("bloom_lite" | "bloom_full" | "vignette" | "grain")
  >;
  readonly quality: Numbers<
    | ("background_lite" | "background_least" | "background_full" | "background_software")
    | ("wall_lite" | "wall_full")
  >;
  readonly wash: Numbers<"every" | "height" | "gain">;
  readonly tiers: readonly Tier[];
  readonly screens: readonly Screen[];
  readonly walls: readonly Surface[];
  readonly boxes: readonly Box[];
  readonly speakers: readonly Speaker[];
  readonly monitors: readonly Monitor[];
  readonly trusses: readonly Truss[];
  readonly strips: readonly Strip[];
  readonly tubes: readonly Tube[];
  readonly lamps: readonly LampRow[];
}

export function hexToRgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

const flip = (at: readonly number[]): readonly number[] => [-at[0]!, at[1]!, at[2]!];

/** Rows of a table, each with `mirror = true` followed by its twin on the other side. */
function rows<T>(file: TomlTable, name: string): readonly T[] {
  return ((file[name] ?? []) as TomlTable[]).flatMap(({ mirror, ...row }) => {
    if (mirror !== true) return [row as T];
    const twin: TomlTable = { ...row };
    for (const place of ["at", "from", "to"]) if (row[place]) twin[place] = flip(row[place] as number[]) as number[];
    if (row["turn"] !== undefined) twin["turn"] = -(row["turn"] as number);
    if (row["u"]) twin["u"] = (row["u"] as number[]).map((u) => 1 - u).reverse();
    return [row as T, twin as T];
  });
}

/** text: the venue's file. palettes: the file of colours and motifs that all venues share. */
export function readVenue(text: string, palettes: string = paletteText): Venue {
  const file = parseToml(text);
  const shared = parseToml(palettes);
  const colours = shared["palettes"] as TomlTable[];
  const table = <T>(name: string): T => file[name] as T;
  return {
    name: file["name"] as string,
    palettes: colours.map((row) =>
      Float32Array.from([
        ...["main", "second", "deep", "near_white"].flatMap((name) => hexToRgb(row[name] as string)),
        (row["rainbow"] as number | undefined) ?? 0,
      ]),
    ),
    paletteNames: colours.map((row) => row["name"] as string),
    looks: rows<Look>(file, "looks"),
    motifs: rows<Motif>(shared, "motifs"),
    measure: table("measure"),
    wall: table("wall"),
    crowd: table("crowd"),
    light: table("light"),
    quality: table("quality"),
    wash: table("wash"),
    tiers: rows(file, "tiers"),
    screens: rows(file, "screens"),
    walls: rows(file, "walls"),
    boxes: rows(file, "boxes"),
    speakers: rows(file, "speakers"),
    monitors: rows(file, "monitors"),
    trusses: rows(file, "trusses"),
    strips: rows(file, "strips"),
    tubes: rows(file, "tubes"),
    lamps: rows(file, "lamps"),
  };
}

const LIVEHOUSE = readVenue(livehouseText);

/** By the name that a show says; `house` is what the live house was called at first. */
export const VENUES: Readonly<Record<string, Venue>> = {
  livehouse: LIVEHOUSE,
  arena: readVenue(arenaText),
  house: LIVEHOUSE,
};

export const DEFAULT_VENUE = "arena";

/** The venue of this name; a newer show's unknown one is played in the default. */
export function venueNamed(name: string | undefined): Venue {
  return VENUES[name ?? DEFAULT_VENUE] ?? VENUES[DEFAULT_VENUE]!;
}

/** The row with this number, or the last: an unknown number from a newer show still lights the stage. */
export function pick<T>(rows: readonly T[], number: number): T {
  return rows[Math.min(Math.max(0, number), rows.length - 1)]!;
}

/** The motif of a song by the words of its title. */
export function motifOf(motifs: readonly Motif[], title: string): Pattern {
  const lower = title.toLowerCase();
  const row = motifs.find((motif) => motif.words.some((word) => lower.includes(word)));
  return (row ?? motifs[motifs.length - 1]!).pattern;
}
