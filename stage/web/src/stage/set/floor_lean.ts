/**
 * The deck for a processor: light and the wall's likeness at the corners of a fine grid, as a pixel that computes them
 * costs a quarter of the whole set in a wide picture; lines and what lies under feet only where they are.
 */
import * as THREE from "three";
import type { Venue } from "../venue";
import { glsl, GLOW, MAX_CONTACTS, type SetUniforms } from "./shared";

/** Cells across and along: as small as what the wall shows when it is out of focus. */
export const LEAN_GRID = [44, 26] as const;
/** Corners around a ring of light. */
const AROUND = 72;
/** Metres from a performer's feet beyond which nothing of them darkens or is mirrored. */
const AROUND_HER = 1.25;
const TALL = 1.75;

/** Two coloured pools at the sides, as an expression of `position`, c0 and c1. */
export const sidePools = ({ deck_half }: Venue["measure"]): string => {
  const aside = glsl(0.42 * deck_half);
  const pool = (x: string, color: string): string =>
    `${color} * 0.26 / (1.0 + 3.0 * pow(dot((position.xz + vec2(${x}, 1.0)) * vec2(0.4, 0.6), (position.xz + vec2(${x}, 1.0)) * vec2(0.4, 0.6)), 2.0))`;
  return `${pool(aside, "c0")} + ${pool(`-${aside}`, "c1")}`;
};

/** What the audience's sticks throw on the runway, as an expression of `position`, c0 and c3; without it, a black hole. */
export const runwayLight = ({ deck_front }: Venue["measure"]): string =>
  `mix(c0, c3, 0.3) * 0.13 * smoothstep(${glsl(deck_front - 0.3)}, ${glsl(deck_front + 0.9)}, position.z)`;

/** What is there without the painting, and what the painting multiplies. */
export const floorVertex = ({ measure, wall }: Venue): string => /* glsl */ `
uniform sampler2D wall;
uniform float pulse, gain, wash;
uniform vec3 c0, c1, c2, c3;
uniform vec3 contacts[${MAX_CONTACTS}];
varying vec2 vAt;
varying vec3 vPlain, vPainted;
void main() {
  vAt = position.xz / ${glsl(measure.tile)};
  vec3 ray = position - cameraPosition;
  float far = length(ray), slope = 1.0 + ray.y / far;
  float polish = (0.16 + 0.84 * slope * slope) * ${glsl(measure.gloss)};
  vec2 m = position.xz - contacts[0].xy * 0.6;
  vec3 pools = ${sidePools(measure)} + ((c3 * 0.14 + c0 * 0.11) / (1.0 + 0.3 * dot(m, m) * dot(m, m)) + (c3 * 0.16 + c1 * 0.14) / (1.0 + 0.05 * dot(m, m) * dot(m, m))) * (0.85 + 0.15 * pulse);
  vec3 base = c2 * 0.2 + vec3(0.012, 0.011, 0.018);
  vPlain = base * 0.35 + pools * wash * 0.42;
  vPlain += ${runwayLight(measure)};
  vPainted = base * 1.1 + pools * wash * 0.9;
  // The wall in the polish: follow the mirrored ray to the wall's plane. The further it runs, the less sharp.
  if (ray.z < -0.01) {
    float way = (${glsl(wall.z)} - position.z) / ray.z;
    vec3 hit = position + vec3(ray.x, -ray.y, ray.z) * way;
    vec2 uv = vec2(hit.x / ${glsl(wall.width)} + 0.5, (hit.y - ${glsl(wall.base)}) / ${glsl(wall.height)});
    // A polish that is not quite flat draws lights long: the wall begins to be seen lower than it hangs.
    uv.y = max(0.04, 0.62 * uv.y + 0.17);
    float inside = smoothstep(0.72, 0.44, abs(uv.x - 0.5)) * smoothstep(0.0, 0.45, hit.y) * smoothstep(1.25, 0.7, uv.y);
    vec3 seen = textureLod(wall, uv, 2.4 + 0.06 * way * far).rgb * inside * polish * 1.35 * gain;
    vPlain += seen * 0.55;
    vPainted += seen * 0.45;
  }
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
}`;

export const FLOOR_FRAGMENT = /* glsl */ `
uniform sampler2D painting; varying vec2 vAt; varying vec3 vPlain, vPainted;
void main() { gl_FragColor = vec4(vPlain + vPainted * texture2D(painting, vAt).r, 0.0); }`;

/** Across a line of light: metres from its middle (in widths of the line where `1`), and its height. */
const PROFILE: readonly (readonly [wide: number, aside: number, height: number])[] = [
  [0, -0.34, 0],
  [0, -0.12, 0.05],
  [-1, -0.004, 0.14],
  [0, 0, 1.1],
  [1, 0.004, 0.14],
  [0, 0.12, 0.05],
  [0, 0.34, 0],
];

/** Circles of light let into the deck, as strips that add their light. */
export function ringLines(uniforms: SetUniforms, { measure }: Venue): THREE.Mesh {
  const places: number[] = [];
  const index: number[] = [];
  // Radius, widths of the line aside, metres aside, height.
  for (const [radius, share, profile] of [[2.1, 1, PROFILE], [3.5, 0.6, PROFILE.slice(2, 5)]] as const) {
    for (let i = 0; i < AROUND; i++) {
      const angle = (2 * Math.PI * i) / AROUND;
      const next = places.length / 5;
      for (const [k, [wide, aside, height]] of profile.entries()) {
        const edge = profile.length === 3 && k !== 1;
        places.push(angle, radius, wide, aside, edge ? 0 : share * height);
      }
      const back = i + 1 < AROUND ? next + profile.length : next - (AROUND - 1) * profile.length;
      for (let k = 0; k + 1 < profile.length; k++)
        index.push(next + k, back + k, next + k + 1, next + k + 1, back + k, back + k + 1);
    }
  }
  const geometry = new THREE.BufferGeometry();
  const data = new THREE.InterleavedBuffer(new Float32Array(places), 5);
  geometry.setAttribute("position", new THREE.InterleavedBufferAttribute(data, 3, 0));
  geometry.setAttribute("part", new THREE.InterleavedBufferAttribute(data, 2, 3));
  geometry.setIndex(index);
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      ...GLOW,
      side: THREE.DoubleSide,
      uniforms,
      vertexShader: /* glsl */ `
        attribute vec2 part; uniform float pulse, gain; uniform vec3 c0, c3; varying vec4 vLight;
        void main() {
          vec2 way = vec2(cos(position.x), sin(position.x));
          vec2 middle = vec2(0.0, 0.3) + way * position.y / vec2(1.0, 1.15);
          float far = length(vec3(middle.x, 0.0, middle.y) - cameraPosition);
          vec2 at = middle + way * (position.z * (0.014 + 0.0046 * far) + part.x) / vec2(1.0, 1.15);
          float lines = part.y * ${glsl(measure.rings)};
          vLight = vec4(mix(c0, c3, 0.35) * lines * (0.42 + 0.3 * pulse) * gain, 0.5 * lines);
          gl_Position = projectionMatrix * viewMatrix * vec4(at.x, 0.003, at.y, 1.0);
        }`,
      fragmentShader: "varying vec4 vLight; void main() { gl_FragColor = vLight; }",
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 1;
  return mesh;
}

/**
 * Under each performer: contact, wide and soft under the hips, small and dark under a foot that is down; and her
 * likeness in the polish, without drawing her again: two legs, and a body as wide as a skirt at the hips.
 */
export function contactShade(uniforms: SetUniforms, { measure }: Venue): THREE.Mesh {
  const geometry = new THREE.InstancedBufferGeometry();
  // -1..1 across, 0..1 from behind her towards the lens.
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array([-1, 0, 0, 1, 0, 0, 1, 1, 0, -1, 1, 0]), 3));
  geometry.setAttribute("who", new THREE.InstancedBufferAttribute(new Float32Array([0, 1, 2]), 1));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  geometry.instanceCount = MAX_CONTACTS / 3;
  const mesh = new THREE.Mesh(
    geometry,
    new THREE.ShaderMaterial({
      transparent: true,
      depthWrite: false,
      side: THREE.DoubleSide,
      // Alpha is how much of the deck stays; what blooms on it is left as it is.
      blending: THREE.CustomBlending,
      blendSrc: THREE.OneFactor,
      blendDst: THREE.SrcAlphaFactor,
      blendSrcAlpha: THREE.ZeroFactor,
      blendDstAlpha: THREE.OneFactor,
      uniforms,
      vertexShader: /* glsl */ `
        attribute float who; uniform vec3 contacts[${MAX_CONTACTS}]; uniform int standing;
        varying vec2 vAt; varying vec3 vBody, vLeft, vRight;
        void main() {
          int first = 3 * int(who + 0.5);
          vBody = contacts[first]; vLeft = contacts[first + 1]; vRight = contacts[first + 2];
          vec2 to = cameraPosition.xz - vBody.xy;
          float far = length(to);
          to /= max(far, 0.01);
          // A mirrored ray meets her at the height of her head where it leaves the deck this far before her.
          float front = max(${glsl(AROUND_HER)}, 0.4 + far * ${glsl(TALL)} / (${glsl(TALL)} + max(0.05, cameraPosition.y)));
          vAt = vBody.xy + to * mix(-${glsl(AROUND_HER)}, front, position.y) + vec2(to.y, -to.x) * position.x * ${glsl(AROUND_HER)};
          // The deck ends before the audience, and runs out as far as the runway.
          vAt.y = min(vAt.y, abs(vBody.x) < ${glsl(0.6 * measure.runway_half)} ? ${glsl(Math.max(measure.deck_front, measure.runway_front))} : ${glsl(measure.deck_front)});
          gl_Position = first < standing ? projectionMatrix * viewMatrix * vec4(vAt.x, 0.004, vAt.y, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
        }`,
      fragmentShader: /* glsl */ `
        uniform vec3 c2, c3; varying vec2 vAt; varying vec3 vBody, vLeft, vRight;
        float shadow(vec3 c, float size, float height) {
          vec2 d = vAt - c.xy;
          float lift = 1.0 + c.z * 5.0, q = dot(d, d) / (size * lift);
          return height / (lift * (1.0 + q * q + q));
        }
        void main() {
          vec3 ray = vec3(vAt.x, 0.0, vAt.y) - cameraPosition;
          float slope = 1.0 + ray.y * inversesqrt(dot(ray, ray)), flatness = 1.0 / dot(ray.xz, ray.xz);
          float polish = (0.16 + 0.84 * slope * slope) * ${glsl(measure.gloss)};
          float dark = max(shadow(vBody, 0.24, 0.8), max(shadow(vLeft, 0.026, 0.97), shadow(vRight, 0.026, 0.97)));
          float here = 0.0;
          // How near the mirrored ray passes the line on which a part stands, and how high.
          vec3 way = vec3(dot(vBody.xy - vAt, ray.xz), dot(vLeft.xy - vAt, ray.xz), dot(vRight.xy - vAt, ray.xz)) * flatness;
          vec3 high = -ray.y * way;
          vec3 miss = vec3(length(vAt + ray.xz * way.x - vBody.xy), length(vAt + ray.xz * way.y - vLeft.xy), length(vAt + ray.xz * way.z - vRight.xy));
          vec3 wide = vec3(0.13 + 0.17 * smoothstep(0.3, 0.0, abs(high.x - 0.82)), 0.075, 0.075);
          vec3 like = smoothstep(1.25 * wide, 0.45 * wide, miss) * smoothstep(vec3(0.55, vLeft.z - 0.02, vRight.z - 0.02), vec3(0.75, vLeft.z + 0.04, vRight.z + 0.04), high) * smoothstep(vec3(1.75, 0.85, 0.85), vec3(1.0, 0.0, 0.0), high) * (1.0 - 0.42 * high);
          float share = min(1.0, max(like.x, max(like.y, like.z)) * polish * 1.7) * (1.0 - dark * 0.6) * 0.5;
          gl_FragColor = vec4(mix(c2, c3, 0.26) * 0.8 * share, (1.0 - 0.95 * dark) * (1.0 - share));
        }`,
    }),
  );
  mesh.frustumCulled = false;
  mesh.renderOrder = 2;
  return mesh;
}
