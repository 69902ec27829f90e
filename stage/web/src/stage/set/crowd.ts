/** The audience: people to the far end of the hall, whole ones near, heads and shoulders behind, and their light sticks. */
import * as THREE from "three";
import type { Venue } from "../venue";
import { ARM, farHead, farPerson, people, SHOULDER } from "./people";
import { boardBefore, type Seat, seats } from "./seats";
import { BLOOM, CANDLE, GLOW, glsl, HUED, OVER, POOLS, ribbon, type SetUniforms, sprite, unrolled } from "./shared";
import { makeStands } from "./stands";

/** Nearer to the lens than this nobody is drawn, metres. */
const GONE = 2.8;

/** How many of the rising numbers are less than `limit`. */
export function before(rising: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The swing of one raised arm, the same in both shaders, so that a stick stays in its hand; and, seen from the stage,
 * what of a person the deck's edge, the runway's end or a tier's board hides.
 */
const sway = ({ measure }: Venue): string => /* glsl */ `
attribute vec2 board;
uniform float beat, crowd, pulse, clear, she, back;
${CANDLE}
${POOLS}
float hidden(vec4 seat) {
  vec3 way = seat.xyz - cameraPosition;
  float over = cameraPosition.x + way.x * (${glsl(measure.runway_front)} - cameraPosition.z) / way.z;
  float edge = seat.z > ${glsl(measure.runway_front)} && abs(over) < ${glsl(measure.runway_half)} ? ${glsl(measure.runway_front)} : ${glsl(measure.deck_front)};
  // Of a tier its board, else the edge of the deck.
  vec2 hides = board.x > 0.0 ? board : vec2(edge, 0.0);
  float least = cameraPosition.y + (hides.y - cameraPosition.y) * way.z / (hides.x - cameraPosition.z) - seat.y;
  return back < 0.5 ? -9.0 : least;
}
// One that is right before the lens would fill the picture, and a camera among the people must see her between them.
float shown(vec4 view) {
  float aside = abs(view.x * projectionMatrix[0][0] / -view.z - she);
  return smoothstep(${glsl(GONE)}, 4.6, -view.z) * mix(1.0, smoothstep(0.36, 0.66, aside), clear);
}
/** One of this person's own numbers, 0..1. */
float own(vec4 seat, float key) { return fract(seat.w * key); }
/** Of the height that shapes are drawn in: grown-ups, children, some on their toes. */
float tall(vec4 seat) { float some = own(seat, 57.7); return 0.86 + 0.17 * some + 0.05 * some * some; }
/** Which hand holds the stick. */
float handed(vec4 seat) { return own(seat, 83.1) < 0.36 ? -1.0 : 1.0; }
float sway(vec4 seat) {
  // All together, a little later the further off and from group to group; one in three as they please.
  float free = own(seat, 5.7) - 0.45, group = sin(seat.x * 0.83 + 1.7 * sin(seat.z * 0.61));
  float alone = mix(1.0 - 0.72 * crowd, 1.0, step(0.66, own(seat, 11.3)));
  return 0.04 + 0.24 * (seat.w - 0.5) + 0.85 * alone * free + 0.07 * group
    + (0.1 + 0.34 * crowd) * swing(beat, seat.x * 0.05 + seat.z * 0.05 + seat.w * 0.5 + 0.5 * group);
}
/** How far the arm is stretched, of its length: most hold it high, some with a bent arm, some rest it at the shoulder. */
float stretch(vec4 seat) { float some = own(seat, 29.3); return some < 0.14 ? 0.16 : some < 0.36 ? 0.5 + 0.6 * (some - 0.14) : 0.84 + 0.3 * (some - 0.36); }
/** Of the wave that goes through the stands, once a bar: 0..1. */
float roll(vec4 seat) { float wave = 0.5 + 0.5 * sin(beat * 1.5708 - seat.x * 0.11 + seat.z * 0.16); return wave * wave * wave * (1.0 - candle); }
/** Hardly one in thirty holds up a telephone's lamp instead of a stick, far off only. */
float phone(vec4 seat) { return step(0.966, own(seat, 41.3)) * step(9.0, seat.z); }
vec2 hand(vec4 seat, float angle) {
  return tall(seat) * vec2(handed(seat) * ${glsl(SHOULDER[0])}, ${glsl(SHOULDER[1])}) + vec2(0.0, 0.045 * crowd * pulse) + ${glsl(ARM)} * stretch(seat) * vec2(sin(angle), cos(angle));
}`;

export class Crowd {
  readonly group = new THREE.Group();
  /** Stands in the background, where the deck's depth is. */
  readonly ground: THREE.Mesh;
  /** Light around sticks, seen from the stage; stands in the background, too, which is small and blooms. */
  readonly glow = new THREE.Mesh();
  readonly swing = { value: 1 };
  /** 1: people between lens and performer step aside; `she`: where she is across the picture, -1..1. */
  readonly #clear = { value: 0 };
  readonly #she = { value: 0 };
  /** 1: the lens stands on the stage and looks at the people, who have the stage's light on their faces. */
  readonly #back = { value: 0 };
  readonly #place = new THREE.Vector3();
  readonly #behind: number;
  /** The lens looks at them past the performers: else they stand before everyone on the stage. */
  behind = false;
  /** Copies from the stage outwards, and where each stands: nobody behind the lens is sent to be drawn. */
  readonly #rows: { readonly geometry: THREE.BufferGeometry; readonly each: number; readonly z: Float32Array }[] = [];
  readonly #deck: number;
  readonly #venue: Venue;

  /** masked: alpha of the picture says what blooms, and bodies do not; else it says what is covered. */
  constructor(uniforms: SetUniforms, venue: Venue, full: boolean, masked: boolean) {
    const { crowd } = venue;
    this.#venue = venue;
    this.ground = makeStands(uniforms, venue);
    this.#behind = crowd.first + 1.6;
    this.#deck = venue.measure.deck_front;
    const all = seats(venue, 7);
    const share = crowd[full ? "sticks_full" : "sticks_lite"] / Math.max(1, all.length);
    const last = crowd.first + crowd.rows * crowd.row;
    const tiers = venue.tiers[0]?.from ?? last;
    // As many as may be drawn, most of them where they are told one by one.
    const thin = (z: number): number => 1.6 - (1.0 * (z - tiers)) / Math.max(1, last - tiers);
    // Everybody near holds one; further back as many as may be drawn.
    const near = crowd.first + crowd.row * crowd[full ? "people_full" : "people_lite"] - 0.3;
    const holders = all.filter((seat) => seat.chance < (seat.z < near ? Math.max(share, 0.8) : seat.z < tiers ? Math.max(share, 0.65) : share * thin(seat.z)));
    const bodies = all.filter((seat) => seat.z < near);
    this.#sticks(uniforms, holders, venue);
    people().forEach((geometry, kind, kinds) => {
      const row = bodies.filter((_, i) => i % kinds.length === kind);
      this.#bodies(uniforms, this.#copies(geometry, row), venue, masked);
    });
    // On the tiers they are heads over shoulders: arms are told no more.
    this.#bodies(uniforms, this.#copies(farPerson(), all.filter((seat) => seat.z >= near && seat.z < tiers)), venue, masked);
    const heads = all.filter((seat) => seat.z >= tiers && seat.chance < (full ? 1 : 0.55));
    if (heads.length > 0) this.#bodies(uniforms, this.#copies(farHead(), heads), venue, masked);
    this.#glows(uniforms, holders.filter((_, i) => full || i % 2 === 0), venue);
  }

  /** A camera on or before the deck that looks at the stage has everybody behind it. */
  show(camera: THREE.PerspectiveCamera): void {
    const looksBack = (this.behind = camera.matrixWorld.elements[10]! < 0);
    this.#back.value = looksBack && camera.position.z < this.#deck && camera.position.y > 0 ? 1 : 0;
    this.ground.visible = this.glow.visible = this.#back.value === 1;
    this.group.visible = looksBack || camera.position.z > this.#behind;
    this.#she.value = this.#place.set(0, 1, 0).project(camera).x;
    for (const { geometry, each, z } of this.#rows) geometry.setDrawRange(0, each * (looksBack ? z.length : before(z, camera.position.z - GONE)));
    this.#clear.value = looksBack ? 0 : Math.min(1, Math.max(0, (12.5 - camera.position.z) / 1.5));
  }

  #copies(geometry: THREE.InstancedBufferGeometry, anyhow: readonly Seat[]): THREE.BufferGeometry {
    const row = [...anyhow].sort((a, b) => a.z - b.z);
    const data = new Float32Array(row.flatMap(({ x, y, z, chance }) => [x, y, z, chance]));
    geometry.setAttribute("seat", new THREE.InstancedBufferAttribute(data, 4));
    const boards = new Float32Array(row.flatMap((seat) => boardBefore(this.#venue, seat)));
    geometry.setAttribute("board", new THREE.InstancedBufferAttribute(boards, 2));
    geometry.instanceCount = row.length;
    const all = unrolled(geometry);
    this.#rows.push({ geometry: all, each: geometry.index!.count, z: Float32Array.from(row, (seat) => seat.z) });
    return all;
  }

  #add(geometry: THREE.BufferGeometry, material: THREE.ShaderMaterial, order: number): void {
    const mesh = new THREE.Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    this.group.add(mesh);
  }

  #sticks(uniforms: SetUniforms, holders: readonly Seat[], venue: Venue): void {
    const shares = new THREE.Vector2(venue.crowd.main_share, venue.crowd.second_share);
    const material = new THREE.ShaderMaterial({
      uniforms: { ...uniforms, crowd: this.swing, clear: this.#clear, she: this.#she, back: this.#back, shares: { value: shares } },
      vertexShader: /* glsl */ `
        attribute vec4 seat; uniform float gain; uniform vec2 shares; uniform vec3 c0, c1, c3;
        varying vec2 vAt; varying vec3 vTone; ${HUED}
        ${sway(venue)}
        void main() {
          vAt = position.xy;
          float pick = fract(seat.w * 7.31);
          // Some are bright and some nearly empty, and a wave goes through the stands.
          float wave = roll(seat), lamp = phone(seat);
          float bright = 0.5 + 0.4 * own(seat, 23.7) + 0.75 * wave;
          vec3 tone = pick < shares.x + shares.y ? hued(pick < shares.x ? c0 : c1, seat.x * 0.06 + seat.z * 0.02 + 0.12 * seat.w) : c3;
          // Seen from the stage they are all there is to see: brighter, and a little longer than they are; haze takes the last rows.
          float deep = 1.0 - exp(-0.03 * max(0.0, seat.z - 4.0));
          vTone = tone * (0.70 + 0.20 * gain + 0.10 * pulse) * mix(bright, (0.62 + 0.75 * bright) * (1.0 - 0.42 * deep), back);
          vTone = mix(burning(vTone, seat.w), vec3(0.86, 0.93, 1.0) * (0.8 + 0.2 * sin(time * 1.3 + 50.0 * seat.w)), lamp);
          float angle = sway(seat), tilt = angle * 1.1 + (0.3 + 0.5 * step(own(seat, 29.3), 0.36)) * (own(seat, 3.3) - 0.5);
          vec4 view = viewMatrix * vec4(seat.xyz, 1.0);
          view.xy += hand(seat, angle);
          float far = -view.z;
          float high = shown(viewMatrix * vec4(seat.xyz, 1.0));
          high *= step(hidden(seat), ${glsl(SHOULDER[1])});
          vec2 along = vec2(sin(tilt), cos(tilt)) * high;
          view.y -= (1.0 - high) * 2.0;
          // Near a long lens it stays a stick: no tube in front of everything.
          float most = 0.015 * far / projectionMatrix[1][1];
          float half_ = max(min(0.036, most), far * mix(0.0018, 0.0022, back)) * (1.0 + 0.5 * lamp), short_ = min(1.0, 44.0 * most);
          vTone *= 0.5 + 0.5 * short_;
          view.y += 0.16 * crowd * wave;
          view.xy += along * (position.y * (0.2 + 0.2 * fract(seat.w * 13.1)) * (1.0 + 0.35 * back) * short_ * (1.0 - 0.72 * lamp) - 0.02) + vec2(along.y, -along.x) * position.x * half_ * high;
          gl_Position = projectionMatrix * view;
        }`,
      // A white core in a coloured tube, and a little of its light around it.
      fragmentShader: /* glsl */ `
        uniform vec3 c3; varying vec2 vAt; varying vec3 vTone;
        void main() {
          float x = abs(vAt.x), ends = smoothstep(0.0, 0.05, vAt.y) * smoothstep(1.0, 0.95, vAt.y);
          float body = smoothstep(0.56, 0.46, x) * ends, core = smoothstep(0.34, 0.06, x) * ends, halo = (1.0 - x) * (1.0 - x) * 0.30 * ends;
          float grip = smoothstep(0.10, 0.16, vAt.y);
          vec3 col = vTone * (body * (0.18 + 0.82 * grip) + halo) + mix(vTone, c3, 0.75) * core * 0.42 * grip;
          gl_FragColor = vec4(col, body);
        }`,
      ...OVER,
    });
    this.#add(this.#copies(ribbon(), holders), material, 31);
  }

  /** Soft discs in the small background: what a lens makes of thousands of lights in haze. */
  #glows(uniforms: SetUniforms, holders: readonly Seat[], venue: Venue): void {
    this.glow.geometry = this.#copies(sprite(), holders);
    this.glow.frustumCulled = false;
    this.glow.renderOrder = 23;
    this.glow.material = new THREE.ShaderMaterial({
      ...GLOW,
      uniforms: { ...uniforms, crowd: this.swing, clear: this.#clear, she: this.#she, back: this.#back },
      vertexShader: /* glsl */ `
        attribute vec4 seat; uniform float gain; uniform vec3 c0, c1; varying vec2 vAt; varying vec3 vTone; ${HUED}
        ${sway(venue)}
        void main() {
          vAt = position.xy;
          float angle = sway(seat), wave = roll(seat);
          vec3 tone = hued(fract(seat.w * 7.31) < ${glsl(venue.crowd.main_share)} ? c0 : c1, seat.x * 0.06 + seat.z * 0.02 + 0.12 * seat.w);
          vTone = mix(burning(tone, seat.w), vec3(0.8, 0.9, 1.0), phone(seat)) * (0.17 + 0.12 * wave + 0.03 * pulse) * (0.4 + 0.6 * gain);
          vec4 view = viewMatrix * vec4(seat.xyz, 1.0);
          float on = step(hidden(seat), ${glsl(SHOULDER[1])}) * smoothstep(${glsl(GONE)}, 4.6, -view.z);
          view.xy += hand(seat, angle) + 0.14 * vec2(sin(angle), cos(angle)) + position.xy * max(0.24, -view.z * 0.009) * on;
          gl_Position = projectionMatrix * view;
        }`,
      fragmentShader: /* glsl */ `
        varying vec2 vAt; varying vec3 vTone;
        void main() { float k = max(0.0, 1.0 - dot(vAt, vAt)); gl_FragColor = vec4(vTone * k * k, ${glsl(0.2 * BLOOM.stick)} * k); }`,
    });
  }

  #bodies(uniforms: SetUniforms, geometry: THREE.BufferGeometry, venue: Venue, masked: boolean): void {
    const material = new THREE.ShaderMaterial({
      side: THREE.DoubleSide,
      uniforms: { ...uniforms, crowd: this.swing, clear: this.#clear, she: this.#she, back: this.#back },
      vertexShader: /* glsl */ `
        attribute vec4 seat; attribute vec2 arm; uniform vec3 c0, c1, c2, c3; uniform float gain; varying float vRim; varying vec3 vDark, vEdge; ${HUED}
        ${sway(venue)}
        void main() {
          vRim = position.z;
          float angle = sway(seat), high = tall(seat);
          vec2 at = position.xy * vec2(handed(seat), 1.0) * high;
          // A bent arm is one that points to whoever looks; and no two stand alike.
          float lean = (angle * 0.10 + 0.13 * (own(seat, 3.9) - 0.5)) * position.y;
          if (arm.x > 0.0) {
            vec2 way = vec2(sin(angle), cos(angle)), shoulder = high * vec2(handed(seat) * ${glsl(SHOULDER[0] - 0.03)}, ${glsl(SHOULDER[1] - 0.05)});
            at = mix(shoulder, hand(seat, angle), arm.x) + vec2(way.y, -way.x) * position.x * arm.y;
            lean *= 0.85;
          }
          vec4 view = viewMatrix * vec4(seat.xyz, 1.0);
          // Who is in the way sinks out of the picture instead of vanishing at once.
          float up = shown(view);
          at.y = max(at.y, hidden(seat));
          view.xy += at + vec2(lean, 0.03 * crowd * abs(sin(beat * 1.5708 + seat.w)) - (1.0 - up) * 2.0);
          gl_Position = projectionMatrix * view;
          float lift = clamp((at.y - 0.8) * 1.7, 0.0, 1.0);
          vec3 tone = own(seat, 9.1) < 0.75 ? c0 : c1;
          vDark = (c2 * 0.16 + vec3(0.008, 0.007, 0.014)) * lift;
          vEdge = tone * lift * (0.22 + 0.46 * gain);
          // Seen from the stage: its light on faces, hands and light clothes, no two alike, most in the first rows and where its lamps wander; the haze takes the far ones.
          float far = max(0.0, seat.z - 3.0), lit = smoothstep(0.35, 1.45, at.y);
          vec3 edge = hued(mix(tone, c3, 0.25), seat.x * 0.06 + seat.z * 0.02 + 0.12 * seat.w);
          float pool = pools(seat.xz), near = exp(-0.05 * far);
          float skin = arm.x > 0.0 ? 0.7 * smoothstep(0.6, 0.9, arm.x) : arm.y;
          vec3 cloth = mix(c2 * 0.5 + edge * 0.10, mix(edge, c3, 0.4) * 0.62, smoothstep(0.62, 1.0, own(seat, 43.9)));
          cloth = mix(cloth, mix(edge, c3, 0.5) * vec3(1.0, 0.80, 0.72) * (0.8 + 0.4 * own(seat, 71.3)), skin);
          float level = (0.12 + 0.22 * own(seat, 29.1)) * near + 0.8 * pool * (0.55 + 0.45 * near) + 0.12 * roll(seat) + skin * (0.08 + 0.04 * near);
          vec3 haze = (c2 * 0.62 + edge * (0.07 + 0.12 * roll(seat)) * (0.4 + 0.6 * gain)) * (1.0 - exp(-0.055 * far)) * (0.45 + 0.55 * lit);
          vDark = mix(vDark, c2 * 0.07 + haze + cloth * level * (0.35 + 0.65 * lit) * (0.45 + 0.55 * gain), back);
          vEdge = mix(vEdge, edge * lit * (0.25 + 0.55 * own(seat, 17.3)) * (0.26 + 0.5 * gain) / (1.0 + 0.06 * far), back);
        }`,
      fragmentShader: /* glsl */ `
        varying float vRim; varying vec3 vDark, vEdge;
        void main() {
          float rim = vRim * vRim; rim *= rim;
          gl_FragColor = vec4(vDark + vEdge * rim, ${masked ? "0.0" : "1.0"});
        }`,
    });
    this.#add(geometry, material, 30);
  }
}
