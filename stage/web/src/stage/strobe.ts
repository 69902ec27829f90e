/** The operator's flash: a veil of light over the picture, never more often than flashes may come. */
import * as THREE from "three";
import { FlashLimiter } from "./flash";
import { SCREEN_CAMERA, screenMesh } from "./screen";
import { ADD } from "./set/shared";

const SECONDS = 0.3;

export class Strobe {
  readonly #limiter: FlashLimiter;
  readonly #gain: number;
  readonly #tone = new THREE.Vector4();
  readonly #veil = screenMesh("uniform vec4 tone; void main() { gl_FragColor = tone; }", { tone: { value: this.#tone } }, 0, ADD);
  #since = Number.NEGATIVE_INFINITY;
  #number = 0;

  /** gain: height of a flash, display value. */
  constructor(flashesPerSecond: number, gain: number) {
    this.#limiter = new FlashLimiter(flashesPerSecond);
    this.#gain = gain;
  }

  /** A strobe number that changes is one flash, if the limiter lets it through. */
  follow(number: number, mediaTime: number): void {
    if (number === this.#number) return;
    this.#number = number;
    if (number > 0 && this.#limiter.ask(mediaTime)) this.#since = mediaTime;
  }

  /** Height of the veil at this moment, 0..gain. */
  height(mediaTime: number): number {
    const since = mediaTime - this.#since;
    return since >= 0 && since < SECONDS ? this.#gain * (1 - since / SECONDS) : 0;
  }

  draw(renderer: THREE.WebGLRenderer, mediaTime: number): void {
    const height = this.height(mediaTime);
    if (height === 0) return;
    this.#tone.set(height, height, height, 1);
    renderer.render(this.#veil, SCREEN_CAMERA);
  }

  dispose(): void {
    this.#veil.geometry.dispose();
    this.#veil.material.dispose();
  }
}
