/**
 * Light that spills over in a lens. What spills is written into the alpha of the picture by whoever shines (a wall, a
 * lamp, a stick); a white dress writes none and never blooms, whatever its brightness.
 */
import * as THREE from "three";
import { SCREEN_CAMERA, type ScreenMesh, screenMesh } from "./screen";
import { ADD } from "./set/shared";

const MASKED = /* glsl */ `
uniform sampler2D source; uniform vec2 texel; varying vec2 vUv;
vec3 part(vec2 off) { vec4 t = texture2D(source, vUv + off * texel); return t.rgb * t.a; }
void main() {
  gl_FragColor = vec4((part(vec2(-1.0, -1.0)) + part(vec2(1.0, -1.0)) + part(vec2(-1.0, 1.0)) + part(vec2(1.0, 1.0))) * 0.25, 1.0);
}`;

/** Nine weights of a bell curve by five reads: linear filtering does the rest. */
const BLUR = /* glsl */ `
uniform sampler2D source; uniform vec2 texel; varying vec2 vUv;
void main() {
  vec2 a = texel * 1.3846, b = texel * 3.2308;
  vec3 sum = texture2D(source, vUv).rgb * 0.2270;
  sum += (texture2D(source, vUv + a).rgb + texture2D(source, vUv - a).rgb) * 0.3162;
  sum += (texture2D(source, vUv + b).rgb + texture2D(source, vUv - b).rgb) * 0.0703;
  gl_FragColor = vec4(sum, 1.0);
}`;

/** Both ways at once by nine reads: rounder than it is smooth, but a pass less, and on llvmpipe a pass has its price. */
const BLUR_ONCE = /* glsl */ `
uniform sampler2D source; uniform vec2 texel; varying vec2 vUv;
void main() {
  vec2 a = texel * 2.0, b = vec2(a.x, -a.y), x = vec2(a.x * 1.2, 0.0), y = vec2(0.0, a.y * 1.2);
  vec3 corners = texture2D(source, vUv + a).rgb + texture2D(source, vUv - a).rgb + texture2D(source, vUv + b).rgb + texture2D(source, vUv - b).rgb;
  vec3 sides = texture2D(source, vUv + x).rgb + texture2D(source, vUv - x).rgb + texture2D(source, vUv + y).rgb + texture2D(source, vUv - y).rgb;
  gl_FragColor = vec4(texture2D(source, vUv).rgb * 0.16 + sides * 0.13 + corners * 0.08, 1.0);
}`;

const COPY = "uniform sampler2D source; varying vec2 vUv; void main() { gl_FragColor = texture2D(source, vUv); }";

interface Level {
  readonly a: THREE.WebGLRenderTarget;
  readonly b: THREE.WebGLRenderTarget;
}

export class Bloom {
  readonly #mask = pass(MASKED);
  readonly #blur = pass(BLUR);
  readonly #blurOnce = pass(BLUR_ONCE);
  readonly #copy = pass(COPY);
  readonly #onto = pass(COPY, ADD);
  #levels: Level[] = [];

  /**
   * Sizes of the picture that is read, in pixels. levels: how many times the spill is halved and widened again.
   * part: of the sides that the first of them has.
   */
  resize(width: number, height: number, levels: number, part = 4): void {
    this.#free();
    for (let i = 0; i < levels; i++) {
      const w = Math.max(2, Math.ceil(width / (part << i)));
      const h = Math.max(2, Math.ceil(height / (part << i)));
      const target = (): THREE.WebGLRenderTarget => new THREE.WebGLRenderTarget(w, h, { depthBuffer: false });
      this.#levels.push({ a: target(), b: target() });
    }
  }

  /** What spills: of one level as it is, of more narrow and wide light in one picture. */
  get texture(): THREE.Texture | null {
    const [narrow] = this.#levels;
    return (this.#levels.length === 1 ? narrow?.b : narrow?.a)?.texture ?? null;
  }

  make(renderer: THREE.WebGLRenderer, source: THREE.WebGLRenderTarget): void {
    let from = source;
    this.#levels.forEach(({ a, b }, i) => {
      this.#run(renderer, i === 0 ? this.#mask : this.#copy, from, a, 1 / from.width, 1 / from.height);
      if (this.#levels.length === 1) {
        this.#run(renderer, this.#blurOnce, a, b, 1 / a.width, 1 / a.height);
        return;
      }
      // The wide level twice: a wider bell for the price of a small picture.
      for (let turn = 0; turn <= i; turn++) {
        this.#run(renderer, this.#blur, a, b, 1 / a.width, 0);
        this.#run(renderer, this.#blur, b, a, 0, 1 / a.height);
      }
      from = a;
    });
    // Wide light onto the narrow one here, where it costs a sixteenth of a read in the whole picture.
    const [narrow, wide] = this.#levels;
    if (narrow && wide) this.#run(renderer, this.#onto, wide.a, narrow.a, 0, 0);
  }

  #run(
    renderer: THREE.WebGLRenderer,
    mesh: ScreenMesh,
    from: THREE.WebGLRenderTarget,
    to: THREE.WebGLRenderTarget,
    x: number,
    y: number,
  ): void {
    const { source, texel } = mesh.material.uniforms;
    source!.value = from.texture;
    (texel!.value as THREE.Vector2).set(x, y);
    renderer.setRenderTarget(to);
    renderer.render(mesh, SCREEN_CAMERA);
  }

  #free(): void {
    for (const { a, b } of this.#levels) {
      a.dispose();
      b.dispose();
    }
    this.#levels = [];
  }

  dispose(): void {
    this.#free();
    for (const mesh of [this.#mask, this.#blur, this.#blurOnce, this.#copy, this.#onto]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}

function pass(shader: string, extra: THREE.ShaderMaterialParameters = {}): ScreenMesh {
  return screenMesh(shader, { source: { value: null }, texel: { value: new THREE.Vector2() } }, 0, extra);
}
