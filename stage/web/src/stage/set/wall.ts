/** The wall of light: its picture is drawn small by one shader, then shown on the wall and its wings. */
import * as THREE from "three";
import { PATTERNS } from "../venue";
import { PLACE, type SetUniforms } from "./shared";

/** One program per pattern: software GL runs every branch of an `if`, taken or not. */
const PICTURE = /* glsl */ `
uniform float time, beat, pulse, energy;
uniform vec3 c0, c1, c2, c3;
uniform sampler2D words;
varying vec2 vUv;
float h1(float n) { return fract(sin(n * 127.1) * 43758.5453); }
vec3 burst(vec2 p, float r) {
  float a = atan(p.y, p.x) / 6.2832, soft = min(0.5, 0.02 + 0.035 / max(r, 0.05));
  float ray = smoothstep(0.5 - soft, 0.5 + soft, abs(fract(a * 16.0 + time * 0.12) - 0.5) * 2.0);
  vec3 base = mix(c2 * 0.6, mix(c0, c1, smoothstep(0.1, 1.0, r)) * 0.42, 0.55 - 0.35 * r);
  vec3 col = mix(base, mix(c0, c1, smoothstep(0.05, 0.95, r)), ray * (0.42 + 0.22 * pulse));
  float f = fract(beat);
  col += c3 * smoothstep(0.07, 0.0, abs(r - f * 1.25)) * (1.0 - f) * 0.55;
  col += c0 * smoothstep(0.02, 0.0, abs(r - 0.3)) * 0.8;
  return col + c3 * exp(-r * r * 10.0) * (0.28 + 0.2 * pulse);
}
vec3 bars(vec2 p) {
  float n = 28.0, i = floor(vUv.x * n), x = abs(i - n * 0.5 + 0.5) / (n * 0.5);
  float tall = (0.2 + 0.6 * abs(sin(i * 1.7 + time * 3.0) * sin(i * 0.7 + time * 2.0))) * (1.0 - 0.45 * x) * (0.5 + 0.3 * energy + 0.25 * pulse);
  float cell = step(0.16, fract(vUv.x * n)) * step(0.2, fract(vUv.y * 24.0));
  float on = step(abs(p.y) * 2.0, tall);
  return c2 * 0.55 + cell * mix(c2 * 0.45, mix(c0, c1, abs(p.y) * 2.0) * 0.9, on);
}
vec3 type(vec2 p) {
  float row = floor(vUv.y * 3.0), way = mod(row, 2.0) * 2.0 - 1.0;
  float ink = texture2D(words, vec2(vUv.x * 1.1 + way * time * 0.05 + row * 0.31, fract(vUv.y * 3.0))).r;
  float hot = step(0.5, row) * step(row, 1.5);
  vec3 base = mix(c2 * 0.7, mix(c0, c1, vUv.x) * 0.38, 0.5 - 0.4 * abs(p.y));
  return mix(base, mix(mix(c0, c1, 0.5 + 0.5 * way), c3, hot), ink * (0.34 + hot * (0.2 + 0.2 * pulse)));
}
vec3 bokeh(vec2 p) {
  vec3 col = mix(c2 * 0.7, c0 * 0.5, pow(1.0 - vUv.y, 1.7));
  col += c1 * 0.16 * smoothstep(0.5, 0.0, abs(vUv.y - 0.32 - 0.07 * sin(vUv.x * 6.0 + time * 0.3)));
  for (int k = 0; k < 9; k++) {
    float f = float(k);
    vec2 at = vec2(h1(f) * 2.2 - 1.1 + 0.12 * sin(time * 0.4 + f), mod(h1(f + 9.0) + time * (0.015 + 0.02 * h1(f + 3.0)), 1.3) - 0.65);
    float size = 0.04 + 0.09 * h1(f + 5.0), d = length(p - at);
    col += mix(c0, c3, h1(f + 7.0)) * (smoothstep(size, size * 0.86, d) * 0.15 + smoothstep(size * 0.13, 0.0, abs(d - size)) * 0.1) * (0.8 + 0.2 * pulse);
  }
  return col;
}
vec3 tunnel(vec2 p) {
  vec2 d = abs(p);
  float m = d.x * 0.75 + d.y * 1.2, k = fract(log(m + 0.02) * 1.5 - time * 0.45);
  vec3 base = mix(c2 * 0.6, mix(c0, c1, vUv.x) * 0.4, 0.4);
  vec3 col = mix(base, mix(c0, c1, k), smoothstep(0.5, 0.56, k) * smoothstep(1.0, 0.9, k) * (0.5 + 0.25 * pulse));
  return col * (0.25 + 0.75 * smoothstep(0.0, 0.35, m)) + c3 * exp(-m * 8.0) * 0.5;
}
void main() {
  vec2 p = (vUv - 0.5) * vec2(2.0, 1.0);
  gl_FragColor = vec4(PATTERN, 1.0);
}`;

const SCREEN_VERTEX = "varying vec2 vUv; void main() { vUv = uv; gl_Position = vec4(position.xy, 0.0, 1.0); }";

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

export class Wall {
  readonly group = new THREE.Group();
  readonly #target: THREE.WebGLRenderTarget;
  readonly #pictures: readonly THREE.Mesh[];
  readonly #pattern: { value: number };
  readonly #camera = new THREE.Camera();
  readonly #words: THREE.CanvasTexture;
  readonly #canvas = document.createElement("canvas");

  /** width: pixels of the wall's own picture. */
  constructor(uniforms: SetUniforms, width: number) {
    this.#canvas.width = 512;
    this.#canvas.height = 128;
    this.#words = new THREE.CanvasTexture(this.#canvas);
    this.#words.wrapS = this.#words.wrapT = THREE.RepeatWrapping;
    this.#target = new THREE.WebGLRenderTarget(width, width / 2, {
      depthBuffer: false,
      generateMipmaps: true,
      minFilter: THREE.LinearMipmapLinearFilter,
    });
    uniforms.wall.value = this.#target.texture;
    const screen = new THREE.PlaneGeometry(2, 2);
    this.#pattern = uniforms.pattern;
    this.#pictures = PATTERNS.map((name) => {
      const material = new THREE.ShaderMaterial({
        vertexShader: SCREEN_VERTEX,
        fragmentShader: PICTURE,
        defines: { PATTERN: name === "burst" ? "burst(p, length(p))" : `${name}(p)` },
        uniforms: { ...uniforms, words: { value: this.#words } },
        depthTest: false,
        depthWrite: false,
      });
      const picture = new THREE.Mesh(screen, material);
      picture.frustumCulled = false;
      return picture;
    });
    const { wallWidth, wallHeight, wallBase, wallZ } = PLACE;
    this.#face(uniforms, wallWidth, wallHeight, 0, wallBase + wallHeight / 2, wallZ, 0, [0, 1], 1);
    for (const side of [-1, 1]) {
      const near: [number, number] = side < 0 ? [0, 0.22] : [0.78, 1];
      this.#face(uniforms, 2.2, 6, side * 6.6, 3.2, wallZ + 0.8, -side * 0.45, near, 0.8);
      this.#face(uniforms, 1.1, 4.6, side * 8.5, 2.5, wallZ + 2.2, -side * 0.7, [0.4, 0.52], 0.7);
    }
  }

  #face(
    uniforms: SetUniforms,
    width: number,
    height: number,
    x: number,
    y: number,
    z: number,
    turn: number,
    u: [number, number],
    share: number,
  ): void {
    const geometry = new THREE.PlaneGeometry(width, height);
    const uv = geometry.getAttribute("uv");
    for (let i = 0; i < uv.count; i++) uv.setX(i, u[0] + uv.getX(i) * (u[1] - u[0]));
    const mesh = new THREE.Mesh(
      geometry,
      new THREE.ShaderMaterial({
        vertexShader:
          "varying vec2 vUv; void main() { vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }",
        fragmentShader: /* glsl */ `
          uniform sampler2D wall; uniform float gain, blur, share; uniform vec3 c2; varying vec2 vUv;
          void main() {
            // The wall must stay darker than her face: less light the longer the lens.
            vec3 col = texture2D(wall, vUv, blur * 3.2).rgb * gain * share * (1.0 - 0.34 * blur);
            gl_FragColor = vec4(col + c2 * 0.06, 1.0);
          }`,
        uniforms: { ...uniforms, share: { value: share } },
      }),
    );
    mesh.position.set(x, y, z);
    mesh.rotation.y = turn;
    this.group.add(mesh);
  }

  setWords(text: string, font: string): void {
    drawWords(this.#canvas, text, font);
    this.#words.needsUpdate = true;
  }

  /** Draw the wall's own picture; before the set. */
  paint(renderer: THREE.WebGLRenderer): void {
    renderer.setRenderTarget(this.#target);
    renderer.render(this.#pictures[this.#pattern.value]!, this.#camera);
  }

  /** Compile all patterns, so that none stutters when its turn comes. */
  warmUp(renderer: THREE.WebGLRenderer): void {
    for (const picture of this.#pictures) renderer.compile(picture, this.#camera);
  }

  dispose(): void {
    this.#target.dispose();
    this.#words.dispose();
    for (const picture of this.#pictures) (picture.material as THREE.Material).dispose();
  }
}
