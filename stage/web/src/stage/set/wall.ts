/** The wall of light: its picture is drawn small by one shader, then shown on the wall and its wings. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { compileFor } from "../compile";
import { SCREEN_CAMERA, screenMesh, type ScreenMesh } from "../screen";
import { PATTERNS, type Pattern, type Screen, type Venue } from "../venue";
import { contentShader } from "./contents";
import { BLOOM, glsl, MAX_CONTACTS, type SetUniforms } from "./shared";

/** What stands on the wall when it shows type. */
export function drawWords(canvas: HTMLCanvasElement, text: string, font: string): void {
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#fff";
  context.textBaseline = "middle";
  context.textAlign = "center";
  let size = 92;
  context.font = `800 ${size}px ${font}`;
  const room = canvas.width * 0.9;
  const wide = context.measureText(text).width;
  if (wide > room) size = Math.max(36, size * (room / wide));
  context.font = `800 ${size}px ${font}`;
  context.fillText(text, canvas.width / 2, canvas.height / 2 + 4, room);
}

/** One face where it stands; local: x, y from its middle (metres), its share of the light, z of its middle. */
function face({ at, size, turn, u, share }: Screen): THREE.BufferGeometry {
  const geometry = new THREE.PlaneGeometry(...size);
  const uv = geometry.getAttribute("uv");
  const place = geometry.getAttribute("position");
  const local = new Float32Array(4 * place.count);
  for (let i = 0; i < uv.count; i++) {
    uv.setX(i, u[0] + uv.getX(i) * (u[1] - u[0]));
    local.set([place.getX(i), place.getY(i), share, at[2]], 4 * i);
  }
  geometry.setAttribute("local", new THREE.BufferAttribute(local, 4));
  geometry.deleteAttribute("normal");
  return geometry.rotateY(turn).translate(...at);
}

/** Up to this much blur the wall is as sharp as its picture. */
const SHARP = 0.03;
/** Lamps of the wall a metre, lean and fine: so coarse that a picture from afar still shows them. */
const LAMPS = [10, 16] as const;
/** Lamps of a panel's side. */
const PANEL = 16;
/** Out of focus lamps grow into so many discs across the wall, and discs in rows are what a wall of lamps is then. */
const ACROSS = 88;
/** How much of the light is in the discs then, and how dark a panel's seam is. */
const DISCS = 0.24;
const SEAM = 0.22;
/** Blur up to which the wall's own picture is read, and from which only its soft one. */
const READ = [0.12, 0.75] as const;
/** Pixels across the wall's picture out of focus: more would only cost. */
const SOFT = 96;
/** Out of focus: many reads of a few pixels, once a picture; small mips magnified on the wall would be blocks. */
const SOFTEN = /* glsl */ `
uniform sampler2D wall; varying vec2 vUv;
void main() {
  vec3 sum = vec3(0.0);
  float all = 0.0;
  for (int y = -2; y <= 2; y++) for (int x = -2; x <= 2; x++) {
    vec2 off = vec2(float(x), float(y));
    float weight = exp(-0.3 * dot(off, off));
    sum += weight * textureLod(wall, vUv + off * vec2(0.6, 1.2) / ${glsl(SOFT)}, 1.0).rgb;
    all += weight;
  }
  gl_FragColor = vec4(sum / all, 1.0);
}`;

export class Wall {
  readonly group = new THREE.Group();
  readonly #target: THREE.WebGLRenderTarget;
  readonly #soft = new THREE.WebGLRenderTarget(SOFT, SOFT / 2, { depthBuffer: false });
  readonly #soften: ScreenMesh;
  readonly #pictures: Readonly<Record<string, ScreenMesh>>;
  readonly #words: THREE.CanvasTexture;
  readonly #canvas = document.createElement("canvas");
  #softIsFresh = false;
  #pattern: Pattern = "burst";
  /** Contents that are not compiled yet; the last comes next. */
  readonly #cold: Pattern[] = [...PATTERNS].reverse();

  /** width: pixels of the wall's own picture. panels: single lamps and seams are finer. fine: smoothest reading. */
  constructor(uniforms: SetUniforms, venue: Venue, width: number, panels: boolean, fine: boolean) {
    this.#canvas.width = 512;
    this.#canvas.height = 128;
    this.#words = new THREE.CanvasTexture(this.#canvas);
    this.#words.wrapS = this.#words.wrapT = THREE.RepeatWrapping;
    const { wall } = venue;
    this.#target = new THREE.WebGLRenderTarget(width, Math.round(width / 2), {
      depthBuffer: false,
      generateMipmaps: true,
      minFilter: fine ? THREE.LinearMipmapLinearFilter : THREE.LinearMipmapNearestFilter,
    });
    uniforms.wall.value = this.#target.texture;
    this.#soften = screenMesh(SOFTEN, { wall: uniforms.wall }, 0);
    this.#pictures = Object.fromEntries(
      PATTERNS.map((name) => [
        name,
        screenMesh(contentShader(name), { ...uniforms, words: { value: this.#words } }, 0),
      ]),
    );
    const { base, height, z } = wall;
    const main: Screen = { at: [0, base + height / 2, z], size: [wall.width, height], turn: 0, u: [0, 1], share: 1 };
    this.#faces(uniforms, [main, ...venue.screens], wall, panels);
  }

  /** All faces in one mesh: each draw costs software GL more than the pixels of a small one. fine: lamps a metre. */
  #faces(uniforms: SetUniforms, screens: readonly Screen[], { gain, width }: Venue["wall"], fine: boolean): void {
    const geometry = mergeGeometries(screens.map(face));
    const discs = ACROSS / width / LAMPS[fine ? 1 : 0];
    const vertexShader = /* glsl */ `
      attribute vec4 local; uniform vec3 contacts[${MAX_CONTACTS}]; uniform float gain, blur;
      varying vec2 vUv, vAt, vOff; varying float vGain;
      void main() {
        vUv = uv; vAt = local.xy * ${glsl(LAMPS[fine ? 1 : 0])};
        // Where the line from the lens through her meets this face's plane.
        vec3 to = vec3(contacts[0].x, 1.05, contacts[0].y) - cameraPosition;
        vec2 her = cameraPosition.xy + to.xy * ((local.w - cameraPosition.z) / min(to.z, -0.5));
        vOff = (position.xy - her) * vec2(0.62, 0.48);
        // The wall must stay darker than her face: less light the longer the lens.
        vGain = gain * ${glsl(gain)} * local.z * (1.0 - 0.26 * blur);
        gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
      }`;
    const known = "uniform float blur; uniform vec3 c0, c1, c2; varying vec2 vUv, vAt, vOff; varying float vGain;";
    // Only what is bright on it spills over, or the whole wall would turn to milk.
    const spills = `gl_FragColor = vec4(col, ${glsl(BLOOM.wall)} * smoothstep(0.45, 1.0, max(col.r, max(col.g, col.b))));`;
    // Its lamps and the seams of its panels; where a pixel holds several of them there is only their light.
    const sharp = /* glsl */ `
      uniform sampler2D wall; ${known}
      void main() {
        vec3 col = texture2D(wall, vUv).rgb;
        float w = fwidth(vAt.y), near = smoothstep(0.5, 0.3, w);
        vec2 lamp = abs(fract(vAt) - 0.5), seam = abs(fract(vAt * ${glsl(1 / PANEL)}) - 0.5) * ${glsl(PANEL)};
        col *= 1.0 + near * (0.2 - 1.1 * dot(lamp, lamp));
        col *= 1.0 - 0.13 * smoothstep(0.7 * w + 0.1, 0.0, min(seam.x, seam.y));
        // Behind her it is darker, or a figure of its own colours would sink into it.
        float off = dot(vOff, vOff);
        col *= vGain * (1.0 - 0.3 / (1.0 + off * off));
        ${spills}
      }`;
    const soft = /* glsl */ `
      uniform sampler2D wall, soft; uniform float candle; ${known}
      void main() {
        vec3 col = mix(texture2D(wall, vUv).rgb, texture2D(soft, vUv).rgb, smoothstep(${glsl(READ[0])}, ${glsl(READ[1])}, blur));
        // Its lamps in rows, large as the lens makes them, and the seams of its panels.
        vec2 at = vAt * ${glsl(discs)}, lamp = fract(at) - 0.5, seam = abs(fract(vAt * ${glsl(1 / PANEL)}) - 0.5) * ${glsl(PANEL)};
        float disc = smoothstep(0.29, 0.12, dot(lamp, lamp));
        col *= 1.0 + ${glsl(DISCS)} * (disc * (0.8 + 0.4 * fract(dot(floor(at), vec2(0.7549, 0.5698)))) - 0.66);
        col *= 1.0 - ${glsl(SEAM)} * smoothstep(0.55, 0.1, min(seam.x, seam.y));
        // Far out of focus only its colours are left: they fill what is dark on it, and stay colours.
        col += (col - dot(col, vec3(0.3, 0.5, 0.2))) * (0.7 * blur);
        col += (c2 * 0.5 + mix(c1, c0, 0.5 * vUv.x) * 0.10) * (blur * (0.45 + 0.55 * vUv.y)) * (1.0 - 0.6 * candle);
        float off = dot(vOff, vOff);
        // In a hush it is as good as off: what is left of it are a few discs.
        col *= vGain * (1.0 - 0.48 * (1.0 - 0.3 * blur) / (1.0 + off * off)) * (1.0 - 0.84 * candle);
        ${spills}
      }`;
    const all = { ...uniforms, soft: { value: this.#soft.texture } };
    for (const fragmentShader of [sharp, soft]) {
      const mesh = new THREE.Mesh(geometry, new THREE.ShaderMaterial({ vertexShader, fragmentShader, uniforms: all }));
      mesh.frustumCulled = false;
      this.group.add(mesh);
    }
    this.focus(0);
  }

  /** How far out of focus it is seen, 0..1: sharp, with its lamps, or soft. */
  focus(blur: number): void {
    const [sharp, soft] = this.group.children;
    sharp!.visible = blur <= SHARP;
    soft!.visible = !sharp!.visible;
  }

  setWords(text: string, font: string): void {
    drawWords(this.#canvas, text, font);
    this.#words.needsUpdate = true;
  }

  /** What it shows; true if that has changed. */
  setPattern(name: Pattern): boolean {
    const changed = name !== this.#pattern;
    this.#pattern = name;
    return changed;
  }

  /** Draw the wall's own picture; before the set. */
  paint(renderer: THREE.WebGLRenderer): void {
    renderer.setRenderTarget(this.#target);
    renderer.render(this.#pictures[this.#pattern]!, SCREEN_CAMERA);
    this.#softIsFresh = false;
  }

  /** Make the picture out of focus, where this much blur shows it and it is not there yet; after `paint`. */
  soften(renderer: THREE.WebGLRenderer, blur: number): void {
    if (blur <= SHARP || this.#softIsFresh) return;
    this.#softIsFresh = true;
    renderer.setRenderTarget(this.#soft);
    renderer.render(this.#soften, SCREEN_CAMERA);
  }

  /** Compile one content more, so that it does not stutter when its turn comes; false when there is none left. */
  warmNext(renderer: THREE.WebGLRenderer): boolean {
    const name = this.#cold.pop();
    if (name) compileFor(renderer, this.#target, this.#pictures[name]!, SCREEN_CAMERA);
    return name !== undefined;
  }

  dispose(): void {
    this.#target.dispose();
    this.#words.dispose();
    this.#soft.dispose();
    for (const picture of [this.#soften, ...Object.values(this.#pictures)]) {
      picture.geometry.dispose();
      picture.material.dispose();
    }
  }
}
