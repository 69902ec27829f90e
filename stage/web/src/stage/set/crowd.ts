/** The audience: rows of light sticks that sway with the music, and the nearest people as dark shapes. */
import * as THREE from "three";
import { dice, PLACE, type SetUniforms } from "./shared";

const HAND = 1.72;
/** Height of the audience's floor at z, metres. */
const ground = (z: number): number => PLACE.pit + Math.max(0, z - 9) * 0.16;

interface Seat {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly chance: number;
}

function seats(rows: number, seed: number): Seat[] {
  const roll = dice(seed);
  const all: Seat[] = [];
  for (let row = 0; row < rows; row++) {
    const z = 4.2 + row * 0.66;
    const half = 6 + 0.4 * z;
    const places = Math.floor((2 * half) / 0.66);
    for (let i = 0; i < places; i++) {
      const x = -half + (i + 0.5 + (roll() - 0.5) * 0.5 + (row % 2) * 0.5) * ((2 * half) / places);
      all.push({ x, y: ground(z), z: z + (roll() - 0.5) * 0.3, chance: roll() });
    }
  }
  return all;
}

function quad(): THREE.InstancedBufferGeometry {
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute(
    "position",
    new THREE.BufferAttribute(new Float32Array([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0]), 3),
  );
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  return geometry;
}

/** The swing of one raised hand: the same in both shaders, so that a stick stays in its hand. */
const SWAY = /* glsl */ `
float sway(vec3 seat, float chance) {
  return crowd * 0.42 * sin(beat * 1.5708 + seat.x * 0.12 + seat.z * 0.08 + chance * 1.2);
}`;

export class Crowd {
  readonly group = new THREE.Group();
  readonly swing = { value: 1 };
  readonly #bodiesGeometry: THREE.InstancedBufferGeometry;
  readonly #all: number;
  readonly #front: number;

  /** count: sticks. shares: of main and second colour. people: rows of dark shapes in front. */
  constructor(uniforms: SetUniforms, rows: number, count: number, shares: readonly [number, number], people: number) {
    const all = seats(rows, 7);
    const holders = all.filter((seat) => seat.chance < count / Math.max(1, all.length));
    const near = all.filter((seat) => seat.z < 4.2 + 0.66 * people - 0.3);
    const sticks = this.#sticks(uniforms, holders, shares);
    const bodies = this.#bodies(uniforms, near);
    this.#bodiesGeometry = bodies.geometry as THREE.InstancedBufferGeometry;
    this.#all = near.length;
    this.#front = near.filter((seat) => seat.z < 5.2).length;
    bodies.renderOrder = 30;
    sticks.renderOrder = 31;
    this.group.add(bodies, sticks);
  }

  /** A camera on or before the deck that looks at the stage has everybody behind it. */
  show(camera: THREE.Camera): void {
    const looksBack = camera.matrixWorld.elements[10]! < 0;
    this.group.visible = looksBack || camera.position.z > 6.5;
    // From the stage the shapes fill the picture one behind the other: the first rows are enough there.
    this.#bodiesGeometry.instanceCount = looksBack ? this.#front : this.#all;
  }

  /** One copy of the shape per seat. The same seed gives a stick and its holder the same height and timing. */
  #instances(
    geometry: THREE.InstancedBufferGeometry,
    seatsIn: readonly Seat[],
    seed: number,
  ): THREE.InstancedBufferGeometry {
    const roll = dice(seed);
    const data = new Float32Array(4 * seatsIn.length);
    seatsIn.forEach((seat, i) => data.set([seat.x, seat.y - 0.12 * roll(), seat.z, roll()], 4 * i));
    geometry.setAttribute("seat", new THREE.InstancedBufferAttribute(data, 4));
    geometry.instanceCount = seatsIn.length;
    return geometry;
  }

  #sticks(uniforms: SetUniforms, holders: readonly Seat[], shares: readonly [number, number]): THREE.Mesh {
    const mesh = new THREE.Mesh(
      this.#instances(quad(), holders, 11),
      new THREE.ShaderMaterial({
        uniforms: { ...uniforms, crowd: this.swing, shares: { value: new THREE.Vector2(...shares) } },
        vertexShader: /* glsl */ `
          attribute vec4 seat; uniform float beat, crowd, pulse, gain; uniform vec2 shares; uniform vec3 c0, c1, c3;
          varying vec2 vAt; varying vec3 vTone;
          ${SWAY}
          void main() {
            vAt = position.xy;
            float pick = fract(seat.w * 7.31);
            vTone = (pick < shares.x ? c0 : pick < shares.x + shares.y ? c1 : c3) * (0.75 + 0.25 * gain);
            float angle = sway(seat.xyz, seat.w) + (seat.w - 0.5) * 0.5;
            vec3 hand = seat.xyz + vec3(sin(angle) * 0.5, ${HAND} - 0.25 * (1.0 - cos(angle)) + 0.05 * crowd * pulse, 0.0);
            vec4 view = viewMatrix * vec4(hand, 1.0);
            float far = -view.z;
            // One that is right before the lens would fill the picture.
            float shown = smoothstep(3.0, 4.5, far);
            vec2 along = vec2(sin(angle), cos(angle)) * shown;
            float half_ = max(0.025, far * 0.0011);
            view.xy += along * (position.y * 0.34 - 0.03) + vec2(along.y, -along.x) * position.x * half_ * shown;
            gl_Position = projectionMatrix * view;
          }`,
        fragmentShader: /* glsl */ `
          uniform vec3 c3; varying vec2 vAt; varying vec3 vTone;
          void main() {
            float x = abs(vAt.x), body = smoothstep(1.0, 0.55, x);
            gl_FragColor = vec4(vTone * body * (0.55 + 0.45 * smoothstep(0.0, 0.2, vAt.y)) + c3 * 0.25 * smoothstep(0.5, 0.1, x), body);
          }`,
        transparent: true,
        depthWrite: false,
        blending: THREE.CustomBlending,
        blendSrc: THREE.OneFactor,
        blendDst: THREE.OneMinusSrcAlphaFactor,
        blendSrcAlpha: THREE.ZeroFactor,
        blendDstAlpha: THREE.OneFactor,
      }),
    );
    mesh.frustumCulled = false;
    return mesh;
  }

  #bodies(uniforms: SetUniforms, near: readonly Seat[]): THREE.Mesh {
    const mesh = new THREE.Mesh(
      this.#instances(person(), near, 11),
      new THREE.ShaderMaterial({
        side: THREE.DoubleSide,
        uniforms: { ...uniforms, crowd: this.swing },
        vertexShader: /* glsl */ `
          attribute vec4 seat; uniform float beat, crowd; varying float vRim, vHigh;
          ${SWAY}
          void main() {
            vRim = position.z;
            vHigh = position.y;
            // The whole shape leans a little with its raised hand.
            float lean = sway(seat.xyz, seat.w) * 0.5 * position.y / 1.9;
            vec4 view = viewMatrix * vec4(seat.x + lean, seat.y, seat.z, 1.0);
            // Who comes near the lens sinks out of the picture instead of vanishing at once.
            view.xy += position.xy * smoothstep(2.2, 3.4, -view.z);
            gl_Position = projectionMatrix * view;
          }`,
        fragmentShader: /* glsl */ `
          uniform vec3 c0, c2; uniform float gain; varying float vRim, vHigh;
          void main() {
            float high = clamp((vHigh - 0.7) * 1.6, 0.0, 1.0), rim = vRim * vRim * vRim;
            gl_FragColor = vec4((c2 * 0.12 + vec3(0.008, 0.007, 0.014)) * high + c0 * rim * rim * 0.34 * gain * high, 1.0);
          }`,
      }),
    );
    mesh.frustumCulled = false;
    return mesh;
  }
}

/**
 * A person seen from behind with one arm up: a few triangles, as transparent pixels cost far more than corners.
 * x, y in metres; z is 1 on the outline that stage light catches, and 0 inside.
 */
function person(): THREE.InstancedBufferGeometry {
  const points: number[] = [];
  const index: number[] = [];
  const add = (x: number, y: number, rim: number): number => points.push(x, y, rim) / 3 - 1;
  const disc = (x: number, y: number, rx: number, ry: number, corners: number): void => {
    const middle = add(x, y, 0);
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * i) / corners;
      add(x + rx * Math.cos(angle), y + ry * Math.sin(angle), 0.55 + 0.45 * Math.sin(angle));
      index.push(middle, middle + 1 + i, middle + 1 + ((i + 1) % corners));
    }
  };
  disc(-0.03, 1.47, 0.105, 0.13, 12);
  // Shoulders and back: an outline from hip to hip around a point in the middle.
  const middle = add(-0.02, 1.05, 0);
  const outline: readonly (readonly [number, number, number])[] = [
    ...([[-0.2, 0, 0], [-0.19, 0.85, 0.2], [-0.245, 1.12, 0.7], [-0.2, 1.24, 1], [-0.09, 1.3, 0.9], [-0.07, 1.36, 0.4]] as const),
    ...([[0.02, 1.36, 0.4], [0.04, 1.3, 0.9], [0.16, 1.25, 1], [0.21, 1.12, 0.6], [0.15, 0.85, 0.2], [0.16, 0, 0]] as const),
  ];
  outline.forEach(([x, y, rim], i) => {
    const at = add(x, y, rim);
    if (i > 0) index.push(middle, at, at - 1);
  });
  index.push(middle, middle + 1, middle + outline.length);
  // The arm: a band whose edges are lit and whose middle is not.
  const arm: readonly (readonly [number, number, number])[] = [[0.16, 1.14, 0.06], [0.25, 1.36, 0.05], [0.23, 1.62, 0.042]];
  const first = points.length / 3;
  for (const [x, y, half] of arm) {
    add(x - half, y, 0.8);
    add(x, y, 0);
    add(x + half, y, 0.8);
  }
  for (let i = 0; i < arm.length - 1; i++) {
    const at = first + 3 * i;
    index.push(at, at + 1, at + 3, at + 1, at + 4, at + 3, at + 1, at + 2, at + 4, at + 2, at + 5, at + 4);
  }
  disc(0.23, 1.67, 0.052, 0.06, 8);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(points), 3));
  geometry.setIndex(index);
  return geometry;
}
