/** All of the set, behind and before the performers, and its cues. */
import * as THREE from "three";
import type { Avatar } from "../avatar";
import type { LightFrame } from "../frame";
import { barAt } from "../song";
import { type Look, PATTERNS, pick, type Venue } from "../venue";
import { Beams } from "./beams";
import { Crowd } from "./crowd";
import { makeFloor } from "./floor";
import { makeRoom } from "./room";
import { MAX_CONTACTS, type SetUniforms, setUniforms } from "./shared";
import { Wall } from "./wall";

export interface Cue {
  readonly mediaTime: number;
  readonly light: LightFrame;
  readonly pulse: number;
  readonly downbeats: readonly number[] | undefined;
}

export class StageSet {
  /** Drawn first, perhaps smaller than the picture. */
  readonly back = new THREE.Scene();
  /** Drawn with the performers. */
  readonly front = new THREE.Group();
  readonly uniforms: SetUniforms;
  readonly wall: Wall;
  readonly #beams: Beams;
  readonly #crowd: Crowd;
  readonly #venue: Venue;
  readonly #palette: Float32Array;

  constructor(venue: Venue, palette: Float32Array, quality: "lite" | "full") {
    this.#venue = venue;
    this.#palette = palette;
    this.uniforms = setUniforms(palette);
    const full = quality === "full";
    this.wall = new Wall(this.uniforms, venue.quality[full ? "wall_full" : "wall_lite"]!);
    this.#beams = new Beams(this.uniforms);
    const { rows, sticks_lite, sticks_full, main_share, second_share } = venue.crowd;
    this.#crowd = new Crowd(
      this.uniforms,
      rows!,
      full ? sticks_full! : sticks_lite!,
      [main_share!, second_share!],
      full ? 9 : 5,
    );
    this.back.add(this.wall.group, makeRoom(this.uniforms), makeFloor(this.uniforms), this.#beams.group);
    this.front.add(this.#crowd.group);
  }

  /** Everything of the set at this moment; the look it uses is returned for the performers' light. */
  update(cue: Cue, camera: THREE.PerspectiveCamera, reach: number): Look {
    const { light, mediaTime } = cue;
    const venue = this.#venue;
    const look = pick(venue.looks, light.look);
    const u = this.uniforms;
    const bar = barAt(cue.downbeats, mediaTime);
    const beat = light.barPhase * 4;
    const gain = (0.62 + 0.38 * light.energy) * Math.min(1, light.intensity);
    u.time.value = mediaTime;
    u.beat.value = beat;
    u.bar.value = ((bar % 64) + 64) % 64;
    u.pulse.value = cue.pulse * (0.4 + 0.6 * light.energy);
    u.energy.value = light.energy;
    u.gain.value = 0.12 + 0.95 * gain;
    // Long sections change their picture every eight bars, to the neighbour and back.
    const swap = look.pattern === PATTERNS.indexOf("bokeh") || Math.floor(bar / 8) % 2 === 0 ? 0 : 1;
    u.pattern.value = swap ? (look.pattern === 0 ? 4 : look.pattern === 2 ? 3 : 0) : look.pattern;
    // A long lens from near by sees the wall out of focus.
    const near = Math.min(1, Math.max(0, (6.5 - reach) / 3.2));
    u.blur.value = near * Math.min(1, Math.max(0, (34 - camera.fov) / 16));
    this.#crowd.show(camera);
    this.#crowd.swing.value = look.crowd * (0.45 + 0.55 * light.energy);
    const strength = venue.light["beam_gain"]! * (0.25 + 0.75 * gain);
    this.#beams.update(look, beat, ((bar % 64) + 64) % 64, u.pulse.value, strength, this.#palette);
    return look;
  }

  /** A soft shadow under hips and feet of everyone who is seen. */
  castShadows(avatars: readonly Avatar[]): void {
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
  }

  dispose(): void {
    this.wall.dispose();
    for (const root of [this.back, this.front]) {
      root.traverse((node) => {
        if (!(node instanceof THREE.Mesh)) return;
        (node.geometry as THREE.BufferGeometry).dispose();
        (node.material as THREE.Material).dispose();
      });
    }
  }
}
