/** All of the set, behind and before the performers, and its cues. */
import * as THREE from "three";
import type { Avatar } from "../avatar";
import type { LightFrame } from "../frame";
import { wordless } from "../lyric_layout";
import { barAt, barOfPart, type SongInfo } from "../song";
import { type Look, motifOf, type Pattern, pick, type Venue } from "../venue";
import { Bokeh } from "./bokeh";
import { Crowd } from "./crowd";
import { Floor, type MirrorUniforms } from "./floor";
import { makeGobos } from "./gobos";
import { Hands } from "./hands";
import { Haze, makeDust } from "./haze";
import { Lamps } from "./lamps";
import { makeStrips, makeTubes } from "./lights";
import { MAX_CONTACTS, type SetUniforms, setUniforms } from "./shared";
import { makeSpot } from "./spot";
import { makeStructure } from "./structure";
import { Surfaces } from "./surfaces";
import { Wall } from "./wall";

export interface Cue {
  readonly mediaTime: number;
  readonly light: LightFrame;
  readonly pulse: number;
  readonly song: Partial<Pick<SongInfo, "downbeats" | "sections" | "lines">>;
  /** How much of her light has found her, 0..1: less than 1 in the opening only. */
  readonly found: number;
}

/** Pictures a second of the wall of light: a real one shows no more, and each costs software GL 5 to 10 ms. */
export const WALL_HZ = 15;
const DUST = 140;
/** Light behind her: always, and more while she is a silhouette. Display values. */
const HALO = { always: 0.13, opening: 1.0 } as const;

export class StageSet {
  /** Drawn first, perhaps smaller than the picture. */
  readonly back = new THREE.Scene();
  /** Drawn with the performers. */
  readonly front = new THREE.Group();
  readonly uniforms: SetUniforms;
  readonly wall: Wall;
  /** Which picture is on the wall, by its number on the grid of WALL_HZ; NaN: none that it should show. */
  #wallAt = Number.NaN;
  readonly #lamps: Lamps;
  readonly #crowd: Crowd;
  readonly #hands: Hands;
  readonly #floor: Floor;
  readonly #haze: Haze;
  readonly #surfaces: Surfaces;
  readonly #venue: Venue;
  readonly #palette: Float32Array;
  readonly #spot: THREE.Mesh;
  readonly #gobos: THREE.Mesh;
  #motif: Pattern;

  /** laid: alpha of `front` says what covers the set, also in `full`, where it else says what blooms. */
  constructor(venue: Venue, palette: Float32Array, quality: "lite" | "full", software: boolean, laid = false) {
    this.#venue = venue;
    this.#palette = palette;
    this.#motif = motifOf(venue.motifs, "");
    this.uniforms = setUniforms(palette);
    const u = this.uniforms;
    const full = quality === "full";
    // Reads of textures from many places are what a processor pays most for.
    const fine = full && !software;
    const masked = full && !laid;
    this.wall = new Wall(u, venue, venue.quality[full ? "wall_full" : "wall_lite"], full, fine);
    this.#lamps = new Lamps(u, venue);
    this.#crowd = new Crowd(u, venue, full, masked);
    this.#floor = new Floor(u, venue, full, fine, masked);
    this.#haze = new Haze(u, venue, full);
    this.#surfaces = new Surfaces(u, venue, fine);
    const tubes = makeTubes(u, venue);
    tubes.renderOrder = 10;
    // What hides much first and what is hidden by much last, or cloth behind everything would be painted in full.
    const structure = makeStructure(u, venue, full);
    structure.renderOrder = -2;
    for (const mesh of this.wall.group.children) mesh.renderOrder = -1;
    for (const mesh of this.#surfaces.group.children) mesh.renderOrder = 1;
    this.back.add(this.#floor.group, this.wall.group, this.#surfaces.group, structure);
    this.back.add(makeStrips(u, venue), tubes, this.#haze.mesh, this.#lamps.group);
    this.#spot = makeSpot(u, venue);
    this.#gobos = makeGobos(u, venue);
    this.back.add(this.#spot, this.#gobos);
    this.back.add(this.#crowd.ground, this.#crowd.glow, new Bokeh(u, venue).mesh);
    this.#hands = new Hands(u, venue, this.#crowd.swing, masked);
    this.front.add(this.#crowd.group, this.#hands.group);
    if (full) this.front.add(makeDust(u, venue, DUST));
  }

  /** What the floor shows of the performers; used in `full` only. */
  get mirror(): MirrorUniforms {
    return this.#floor.mirror;
  }

  /** Something of `front` stands behind the performers at this moment. */
  get surrounds(): boolean {
    return this.#crowd.behind;
  }

  /** What stands for the song on the wall, and its words. */
  setSong(title: string, words: string, font: string): void {
    this.#motif = motifOf(this.#venue.motifs, title);
    this.wall.setWords(words, font);
    this.#wallAt = Number.NaN;
  }

  /** A new picture on the wall where one is due, and soft as the lens has it. */
  paintWall(renderer: THREE.WebGLRenderer, mediaTime: number): void {
    const at = Math.floor(mediaTime * WALL_HZ + 1e-6);
    if (at !== this.#wallAt) {
      this.#wallAt = at;
      this.wall.paint(renderer);
    }
    this.wall.soften(renderer, this.uniforms.blur.value);
  }

  /** Everything of the set at this moment; the look it uses is returned for the performers' light. */
  update(cue: Cue, camera: THREE.PerspectiveCamera, reach: number): Look {
    const { light, mediaTime } = cue;
    const venue = this.#venue;
    const look = pick(venue.looks, light.look);
    const u = this.uniforms;
    const bar = barAt(cue.song.downbeats, mediaTime);
    const wrapped = ((bar % 64) + 64) % 64;
    const beat = light.barPhase * 4;
    const fader = Math.min(1, light.intensity);
    // Until her light finds her the hall waits in the dark: what comes then is seen to come.
    const opened = 0.25 + 0.75 * cue.found;
    const gain = (0.76 + 0.24 * light.energy) * fader * opened;
    u.time.value = mediaTime;
    u.beat.value = beat;
    u.bar.value = wrapped;
    u.pulse.value = cue.pulse * (0.4 + 0.6 * light.energy);
    u.energy.value = light.energy;
    u.rainbow.value = this.#palette[12] ?? 0;
    u.gain.value = 0.16 + 0.98 * gain;
    u.wash.value = look.wash * (0.5 + 0.5 * light.energy) * fader * opened;
    // The room grows dark over a moment: so do its one lamp and the candles come.
    const quiet = Math.min(1, Math.max(0, (0.72 - light.intensity) / 0.22));
    u.spot.value = (look.spot ?? 0) * quiet * Math.min(1, 3 * light.intensity);
    this.#spot.visible = u.spot.value > 0;
    u.gobos.value = (look.gobos ?? 0) * fader * opened;
    this.#gobos.visible = u.gobos.value > 0;
    u.candle.value = (look.candles ?? 0) * quiet;
    // What she stands before until her light finds her; some of it stays, or a dark dress would sink into a dark hall.
    u.halo.value = (HALO.always * gain + HALO.opening * (1 - cue.found)) * fader;
    const since = barOfPart(cue.song, mediaTime);
    u.grown.value = (since % look.every) + Math.min(0.999, light.barPhase);
    const pattern = look.patterns[Math.floor(since / look.every) % look.patterns.length]!;
    if (this.wall.setPattern(pattern === "motif" ? this.#motif : pattern)) this.#wallAt = Number.NaN;
    // A long lens from near by sees the wall out of focus; any lens a little, or it would show single pixels of it.
    const near = Math.min(1, Math.max(0, (6.5 - reach) / 3.2));
    // From afar it is the same where the picture holds no more of her than head and shoulders. Metres, top to bottom.
    const held = 2 * reach * Math.tan((camera.fov * Math.PI) / 360);
    const lens = near * Math.max(0.28 * near * near, (34 - camera.fov) / 16);
    // And where it holds little of the wall, whose own picture is no finer than that.
    const behind = (held * (reach - this.#venue.wall.z)) / Math.max(reach, 0.1);
    u.blur.value = Math.min(1, Math.max(lens, (1.7 - held) / 1.6, (3.7 - behind) / 2, 0));
    this.wall.focus(u.blur.value);
    this.#crowd.show(camera);
    this.#hands.show(camera, reach, wordless(cue.song.lines ?? [], mediaTime));
    this.#crowd.swing.value = look.crowd * (0.45 + 0.55 * light.energy);
    const strength = venue.light.beam_gain * (0.25 + 0.75 * gain);
    this.#lamps.update(look, beat, wrapped, u.pulse.value, strength, this.#palette);
    return look;
  }

  /** A soft shadow under hips and feet of everyone who is seen; who stands before the lens stays below those. */
  castShadows(avatars: readonly Avatar[], camera: THREE.PerspectiveCamera): void {
    const contacts = this.uniforms.contacts.value;
    contacts.fill(99);
    let row = 0;
    for (const avatar of avatars) {
      if (!avatar.group.visible) continue;
      for (const at of avatar.contacts) {
        if (row >= MAX_CONTACTS) break;
        contacts[3 * row] = at.x;
        contacts[3 * row + 1] = at.z;
        contacts[3 * row + 2] = at.y;
        row += 1;
      }
    }
    this.uniforms.standing.value = row;
    this.#hands.under(contacts, row, camera);
  }

  dispose(): void {
    this.wall.dispose();
    this.#floor.dispose();
    this.#haze.dispose();
    this.#surfaces.dispose();
    for (const root of [this.back, this.front]) {
      root.traverse((node) => {
        if (!(node instanceof THREE.Mesh)) return;
        (node.geometry as THREE.BufferGeometry).dispose();
        (node.material as THREE.Material).dispose();
      });
    }
  }
}
