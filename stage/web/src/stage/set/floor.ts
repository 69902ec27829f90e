/** The deck: the wall and the performers in its polish, pools of light, lines of light, contact where bodies stand. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { Venue } from "../venue";
import { contactShade, FLOOR_FRAGMENT, floorVertex, LEAN_GRID, ringLines, runwayLight, sidePools } from "./floor_lean";
import { dice, glsl, MAX_CONTACTS, type SetUniforms } from "./shared";

/** What the performers' mirror picture is read with; `mirror` null: there is none. */
export interface MirrorUniforms {
  readonly mirror: { value: THREE.Texture | null };
  readonly mirrorMatrix: { value: THREE.Matrix4 };
}

/** Everything per pixel, and the performers' own mirror picture. */
const fragment = ({ measure, wall }: Venue, masked: boolean): string => /* glsl */ `
uniform sampler2D wall, painting;
uniform float pulse, energy, gain, wash;
uniform int standing;
uniform vec3 c0, c1, c2, c3;
uniform vec3 contacts[${MAX_CONTACTS}];
uniform sampler2D mirror; uniform mat4 mirrorMatrix;
varying vec3 vPlace, vPools;
void main() {
  vec3 ray = vPlace - cameraPosition;
  float far = length(ray), slope = 1.0 + ray.y / far, paint = texture2D(painting, vPlace.xz / ${glsl(measure.tile)}).r;
  float polish = (0.16 + 0.84 * slope * slope) * ${glsl(measure.gloss)};
  vec3 col = (c2 * 0.26 + vec3(0.016, 0.015, 0.024)) * (0.35 + 1.1 * paint);
  vec2 at = vPlace.xz;
  // Two coloured pools, made at the corners, and one of near white where the performer stands.
  vec2 m = at - contacts[0].xy * 0.6;
  vec3 pools = vPools + (c3 * 0.14 + c0 * 0.11) * (0.85 + 0.15 * pulse) / (1.0 + 0.3 * dot(m, m) * dot(m, m));
  col += pools * wash * (0.42 + 0.9 * paint);
  // The wall in the polish: follow the mirrored ray to the wall's plane. The further it runs, the less sharp.
  if (ray.z < -0.01) {
    float way = (${glsl(wall.z)} - vPlace.z) / ray.z;
    vec3 hit = vPlace + vec3(ray.x, -ray.y, ray.z) * way;
    vec2 uv = vec2(hit.x / ${glsl(wall.width)} + 0.5, (hit.y - ${glsl(wall.base)}) / ${glsl(wall.height)});
    // A polish that is not quite flat draws lights long: the wall begins to be seen lower than it hangs.
    uv.y = max(0.04, 0.62 * uv.y + 0.17 + (paint - 0.5) * 0.03);
    float inside = smoothstep(0.72, 0.44, abs(uv.x - 0.5)) * smoothstep(0.0, 0.45, hit.y) * smoothstep(1.25, 0.7, uv.y);
    col += texture2D(wall, uv, 2.0 + 0.08 * way * far).rgb * inside * polish * (0.55 + 0.45 * paint) * 1.1 * gain;
  }
  float lines = 0.0;
  ${
    measure.rings > 0
      ? `float r = length((at - vec2(0.0, 0.3)) * vec2(1.0, 1.15)), w = 0.014 + 0.0046 * far;
  lines = ${glsl(measure.rings)} * (smoothstep(w, 0.0, abs(r - 2.1)) + 0.6 * smoothstep(w, 0.0, abs(r - 3.5)) + 0.35 * exp(-9.0 * abs(r - 2.1)) * 0.4);
  col += mix(c0, c3, 0.35) * lines * (0.42 + 0.3 * pulse) * gain;`
      : ""
  }
  // Contact: wide and soft under the hips, small and dark under a foot that is down.
  float dark = 0.0;
  for (int i = 0; i < ${MAX_CONTACTS}; i++) {
    if (i >= standing) break;
    vec3 c = contacts[i];
    vec2 d = at - c.xy;
    bool body = i == 0 || i == 3 || i == 6;
    float size = (body ? 0.17 : 0.026) * (1.0 + c.z * 5.0);
    dark = max(dark, (body ? 0.68 : 0.97) / ((1.0 + c.z * 5.0) * (1.0 + dot(d, d) * dot(d, d) / (size * size) + dot(d, d) / size)));
  }
  col *= 1.0 - 0.95 * dark;
  vec4 seen = mirrorMatrix * vec4(vPlace, 1.0);
  vec2 there = seen.xy / seen.w + vec2(0.0, (paint - 0.5) * 0.006);
  vec4 her = texture2D(mirror, there) * 0.5 + (texture2D(mirror, there + vec2(0.0013, 0.0025)) + texture2D(mirror, there + vec2(-0.0013, 0.005))) * 0.25;
  float shown = (0.14 + 0.50 * slope * slope) * ${glsl(measure.gloss)};
  float stands = ${masked ? "1.0 - her.a" : "her.a"};
  col = mix(col, col * 0.3, stands * shown) + her.rgb * shown * 0.8;
  gl_FragColor = vec4(col, 0.5 * lines);
}`;

/** Planks, or tiles with seams where the deck is mirror-like; repeats without a seam. */
function painting(gloss: number, fine: boolean): THREE.CanvasTexture {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 256;
  const c = canvas.getContext("2d")!;
  const roll = dice(41);
  const tone = (value: number): string => `rgb(${Math.round(255 * value)},0,0)`;
  const planks = gloss < 0.7 ? 8 : 1;
  for (let i = 0; i < planks; i++) {
    const high = 256 / planks;
    c.fillStyle = tone(planks > 1 ? 0.36 + 0.3 * roll() : 0.5);
    c.fillRect(0, i * high, 256, high);
    c.fillStyle = tone(0.16);
    c.fillRect(0, i * high, 256, planks > 1 ? 2 : 3);
    c.fillRect(planks > 1 ? roll() * 256 : 0, i * high, planks > 1 ? 2 : 3, high);
  }
  for (let i = 0; i < (planks > 1 ? 260 : 60); i++) {
    c.fillStyle = `rgba(${roll() < 0.5 ? 255 : 0},0,0,${(0.04 + 0.07 * roll()).toFixed(3)})`;
    c.fillRect(roll() * 256, roll() * 256, 10 + 50 * roll(), 1);
  }
  const texture = new THREE.CanvasTexture(canvas);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  if (fine) texture.anisotropy = 4;
  else texture.minFilter = THREE.LinearMipmapNearestFilter;
  return texture;
}

const vertex = ({ measure }: Venue): string => /* glsl */ `
uniform vec3 c0, c1; varying vec3 vPlace, vPools;
void main() {
  vPlace = position;
  vPools = ${sidePools(measure)} + ${runwayLight(measure)};
  gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
}`;

export class Floor {
  readonly group = new THREE.Group();
  readonly mirror: MirrorUniforms = { mirror: { value: null }, mirrorMatrix: { value: new THREE.Matrix4() } };
  readonly #painting: THREE.CanvasTexture;

  /**
   * mirrored: everything per pixel, and the performers in it; else light per corner, and what is small apart.
   * masked: where performers stand the mirror's picture has no alpha; else they leave theirs.
   */
  constructor(uniforms: SetUniforms, venue: Venue, mirrored: boolean, fine: boolean, masked: boolean) {
    const { deck_half, deck_front, deck_back, runway_half, runway_front, gloss } = venue.measure;
    this.#painting = painting(gloss, fine);
    // A grid fine enough for what is made at its corners, and the runway.
    const sheet = (half: number, from: number, to: number, across: number, along: number): THREE.BufferGeometry =>
      new THREE.PlaneGeometry(2 * half, to - from, across, along).rotateX(-Math.PI / 2).translate(0, 0, (from + to) / 2);
    const [across, along] = mirrored ? [24, 14] : LEAN_GRID;
    const sheets = [sheet(deck_half, deck_back, deck_front, across, along)];
    if (runway_half > 0) sheets.push(sheet(runway_half, deck_front, runway_front, mirrored ? 2 : 6, mirrored ? 4 : 8));
    const painted = { ...uniforms, painting: { value: this.#painting } };
    const deck = new THREE.Mesh(
      mergeGeometries(sheets),
      new THREE.ShaderMaterial({
        vertexShader: mirrored ? vertex(venue) : floorVertex(venue),
        fragmentShader: mirrored ? fragment(venue, masked) : FLOOR_FRAGMENT,
        uniforms: mirrored ? { ...painted, ...this.mirror } : painted,
      }),
    );
    this.group.add(deck);
    if (mirrored) return;
    if (venue.measure.rings > 0) this.group.add(ringLines(uniforms, venue));
    this.group.add(contactShade(uniforms, venue));
  }

  dispose(): void {
    this.#painting.dispose();
  }
}
