/** The light on the performers: key from the audience, two rims from behind in the song's colours. */
import * as THREE from "three";
import { GRID_HZ, type Stepped } from "./grid";
import { MIRRORED_LAYER } from "./reflection";
import type { Palette } from "./venue";

/** Where the light goes to, as seen by the shaders: directions in view space, display values. */
/** How dark she stands before the light finds her, and how fast it comes, seconds. */
const UNLIT = 0.27;
const FOUND = 0.18;
/** The light comes with the first downbeat after this time of a song: soon enough that nobody has left. Seconds. */
const OPENING = 1.2;
/** Nobody is plunged into the dark, nor pops out of it, when a song begins or is held: seconds from full light to none. */
const EASE = 0.8;

/**
 * Share of the light on the performer as a song opens: a silhouette, then all at once with a downbeat.
 *
 * Pure function of media time (seconds); 1 where the song has no beats or her light should have come at once.
 */
export function openingLight(mediaTime: number, downbeats: readonly number[] | undefined): number {
  const at = downbeats?.find((time) => time >= OPENING);
  if (at === undefined || at > OPENING + 2) return 1;
  const share = Math.min(1, Math.max(0, (mediaTime - at + 0.5 * FOUND) / FOUND));
  return UNLIT + (1 - UNLIT) * share * share * (3 - 2 * share);
}

/** The way of her light to where it should be: as it is while she is found, eased where a song begins or is held. */
export class FoundLight implements Stepped {
  now = 1;
  #goal = 1;
  #played = false;

  /** goal: 0..1. plays: the song runs. */
  aim(goal: number, plays: boolean): void {
    this.#goal = goal;
    this.#played = plays;
  }

  step(): void {
    const way = this.#goal - this.now;
    const most = this.#played && way > 0 ? 1 : 1 / (EASE * GRID_HZ);
    this.now += Math.min(most, Math.max(-most, way));
  }

  reset(): void {
    this.now = this.#goal;
  }
}

/** Keep light within what a face bears: never grey or green, in yellow no leather. Its red stays, its warmth too. */
export function pleasant(skin: THREE.Color): THREE.Color {
  const { r } = skin;
  skin.g = Math.min(0.978 * r, Math.max(0.955 * r, skin.g));
  skin.b = Math.min(1.01 * r, Math.max(0.95 * r, skin.b));
  return skin;
}

/** How much thinner rims are on hair, as a cosine. */
const HAIR_THINNER = 0.1;
/** How far rims reach in full light, as a cosine beside that of the shaders. */
const RIM_REACH = 0.06;

export class StageLight {
  readonly keyDirection = new THREE.Vector3();
  readonly rimDirectionA = new THREE.Vector3();
  readonly rimDirectionB = new THREE.Vector3();
  readonly rimColorA = new THREE.Color();
  readonly rimColorB = new THREE.Color();
  /** How much further rims reach onto a surface than they do in full light, as a cosine. */
  readonly rimReach = { value: RIM_REACH };
  /** The same on hair: a line along the strands, no slab. */
  readonly hairReach = { value: RIM_REACH - HAIR_THINNER };
  /** To the light on skin: the key, filled from the camera's side, so that no hard shadow lies over a face. */
  readonly skinDirection = new THREE.Vector3();
  /** Multiplies what is lit. */
  readonly key = new THREE.Color(1, 1, 1);
  /** The same for skin, eyes and mouth: the room's colour is in the rims, a face stays a face. */
  readonly skin = new THREE.Color(1, 1, 1);
  /** Colour of the room in the shade, its brightest channel at 1. */
  readonly shadeTint = new THREE.Color(1, 1, 1);
  shadeLevel = 1;
  /** Performers of `full` write into the alpha of the picture that they do not bloom. */
  masksBloom = true;

  readonly #sun = new THREE.DirectionalLight(0xffffff, 2.75);
  readonly #fill = new THREE.AmbientLight(0xffffff, 0.5);

  constructor() {
    this.#sun.position.copy(KEY_FROM);
  }

  /** For MToon and other materials of `full`. */
  addTo(scene: THREE.Scene): void {
    for (const light of [this.#sun, this.#fill]) light.layers.enable(MIRRORED_LAYER);
    scene.add(this.#sun, this.#sun.target, this.#fill);
  }

  /**
   * Args:
   *   palette: colours now. level: light of the look, 1 = chorus. pulse: 0..1. rimGain: from the venue.
   *   fade: 0..1, the operator's fader; at 0 the performer is nearly dark but still there.
   *   opening: share of the key light as a song opens; the rims stay. dark: 1 in a hush, when one lamp alone is left.
   */
  update(
    palette: Palette,
    level: number,
    pulse: number,
    rimGain: number,
    fade: number,
    camera: THREE.Camera,
    opening = 1,
    dark = 0,
  ): void {
    const p = palette as ArrayLike<number>;
    const strength = 1.04 * Math.max(KEY_FLOOR, level) * (0.25 + 0.75 * fade) * (1 + 0.03 * pulse) * opening;
    const top = Math.max(p[0]!, p[1]!, p[2]!);
    this.key.setRGB(
      strength * (1 + KEY_TINT[0] * (p[0]! / top - 1)),
      strength * (0.985 + KEY_TINT[1] * (p[1]! / top - 1)),
      strength * (0.99 + KEY_TINT[2] * (p[2]! / top - 1)),
    );
    const warm = Math.max(0.985, Math.min(1, level)) * (0.25 + 0.75 * fade) * opening;
    this.skin.setRGB(
      warm * (1 + SKIN_TINT[0] * (p[0]! / top - 1)),
      warm * (0.985 + SKIN_TINT[1] * (p[1]! / top - 1)),
      warm * (0.975 + SKIN_TINT[2] * (p[2]! / top - 1)),
    );
    pleasant(this.skin);
    const deepTop = Math.max(p[6]!, p[7]!, p[8]!, 1e-3);
    this.shadeTint.setRGB(
      0.4 * (p[6]! / deepTop) + 0.5 * (p[0]! / top) + 0.1,
      0.4 * (p[7]! / deepTop) + 0.5 * (p[1]! / top) + 0.1,
      0.4 * (p[8]! / deepTop) + 0.5 * (p[2]! / top) + 0.1,
    );
    this.shadeLevel = strength;
    // A silhouette is drawn by its rims: they are stronger while there is no other light.
    const unlit = 1 - opening;
    this.rimReach.value = RIM_REACH + (0.26 - RIM_REACH) * unlit;
    const rim = rimGain * (0.86 + 0.28 * pulse) * (0.2 + 0.8 * fade) * (1 + 2.2 * unlit + 0.5 * dark);
    this.hairReach.value = this.rimReach.value - HAIR_THINNER;
    const pale = (i: number): number => rim * (p[i]! + 0.55 * unlit * (p[9 + (i % 3)]! - p[i]!));
    this.rimColorA.setRGB(pale(0), pale(1), pale(2));
    // The one lamp of a hush is warm, whatever the palette.
    const lamp = (i: number): number => pale(3 + i) + dark * (rim * HUSH_RIM[i]! - pale(3 + i));
    this.rimColorB.setRGB(lamp(0), lamp(1), lamp(2));
    // What little light there is on her has the room's colour: black would be a hole in the picture.
    for (const light of [this.key, this.skin])
      light.setRGB(...([light.r, light.g, light.b].map((v, i) => v * (1 + 0.75 * unlit * (p[i]! / top - 1))) as [number, number, number]));

    // Seen from the stage, the rims must come from the audience's side, or the whole figure would glow.
    const behind = camera.position.z < -0.5 ? -1 : 1;
    const view = camera.matrixWorldInverse;
    // From behind her one sees what the lamps over the stage light; she would be a lump of shade.
    const aim = (from: THREE.Vector3, into: THREE.Vector3): THREE.Vector3 =>
      into.copy(from).setZ(behind < 0 ? -1 : from.z).normalize().transformDirection(view);
    aim(KEY_FROM, this.keyDirection);
    aim(SKIN_FROM, this.skinDirection).multiplyScalar(0.7).add(SKIN_FILL).normalize();
    this.rimDirectionA.set(-0.8, 0.45, -0.75 * behind).normalize().transformDirection(view);
    this.rimDirectionB.set(0.85, 0.35, -0.7 * behind).normalize().transformDirection(view);

    this.#sun.color.setRGB(this.key.r / strength, this.key.g / strength, this.key.b / strength);
    this.#sun.intensity = 2.75 * strength;
    this.#fill.color.setRGB(0.75 + 0.25 * p[6]!, 0.69 + 0.25 * p[7]!, 0.71 + 0.25 * p[8]!);
    this.#fill.intensity = 0.5 * strength;
  }
}

/** Fill on skin, in view space: from the camera and a little above. */
const SKIN_FILL = new THREE.Vector3(0, 0.11, 0.18);
/** High and from her left: a key over the lens has no shadow side. */
const KEY_FROM = new THREE.Vector3(3.1, 2.6, 2.0);
/** The same for skin: nearer to the lens, or half a face would be in the shade. */
const SKIN_FROM = new THREE.Vector3(2.5, 2.8, 2.5);
/** How much of the room's colour skin takes, per channel: red gives way least, or a face turns grey or green. */
const SKIN_TINT = [0.02, 0.09, 0.1] as const;
/** The same for hair and cloth where they are lit: pink stays pink; the room is in the shade and in the rims. */
const KEY_TINT = [0.1, 0.12, 0.12] as const;
/** Colour of the rim in a hush, display values. */
const HUSH_RIM = [1, 0.82, 0.6] as const;
/** Light of quiet sections on hair and cloth: they dim the room, and a person lit less than this would be grey. */
const KEY_FLOOR = 0.9;
