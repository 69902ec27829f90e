/** The venue as typed numbers, from its preset file; colours are display values 0..1. */
import houseText from "../../../../presets/venues/house/house.toml?raw";
import { parseToml, type TomlTable } from "./toml";

/** Four colours of display values, three numbers each: main, second, deep, near white. */
export type Palette = Float32Array;

export const PATTERNS = ["burst", "bars", "type", "bokeh", "tunnel"] as const;
export const BEAMS = ["still", "fan", "closing", "cross", "sweep", "up"] as const;

export interface Look {
  readonly name: string;
  readonly pattern: number;
  readonly beams: (typeof BEAMS)[number];
  readonly lamps: number;
  readonly key: number;
  readonly crowd: number;
}

export interface Venue {
  readonly palettes: readonly Palette[];
  readonly paletteNames: readonly string[];
  readonly looks: readonly Look[];
  readonly light: Readonly<Record<string, number>>;
  readonly crowd: Readonly<Record<string, number>>;
  readonly quality: Readonly<Record<string, number>>;
}

export function hexToRgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export function readVenue(text: string): Venue {
  const file = parseToml(text);
  const palettes = file["palettes"] as TomlTable[];
  const looks = file["looks"] as TomlTable[];
  return {
    palettes: palettes.map((row) =>
      Float32Array.from(["main", "second", "deep", "near_white"].flatMap((name) => hexToRgb(row[name] as string))),
    ),
    paletteNames: palettes.map((row) => row["name"] as string),
    looks: looks.map((row) => ({
      name: row["name"] as string,
      pattern: PATTERNS.indexOf(row["pattern"] as (typeof PATTERNS)[number]),
      beams: row["beams"] as (typeof BEAMS)[number],
      lamps: row["lamps"] as number,
      key: row["key"] as number,
      crowd: row["crowd"] as number,
    })),
    light: file["light"] as Record<string, number>,
    crowd: file["crowd"] as Record<string, number>,
    quality: file["quality"] as Record<string, number>,
  };
}

export const HOUSE: Venue = readVenue(houseText);

/** The row with this number, or the last: an unknown number from a newer show still lights the stage. */
export function pick<T>(rows: readonly T[], number: number): T {
  return rows[Math.min(Math.max(0, number), rows.length - 1)]!;
}
