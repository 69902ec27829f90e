/** The performers in the polished floor: they alone, seen from the eye mirrored below the deck. */
import * as THREE from "three";
import type { MirrorUniforms } from "./set/floor";

/** Layer of what the floor mirrors: performers and the light on them. */
export const MIRRORED_LAYER = 1;

/** From clip space to texture space. */
const TO_TEXTURE = new THREE.Matrix4().set(0.5, 0, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0, 0.5, 0.5, 0, 0, 0, 1);

/** How far a performer reaches along the floor, metres. */
const REACH = 1.3;
/** Below this height in the picture, -1..1, nothing is seen; a little of it for a lens that is turned. */
const BELOW = -1.1;
const corner = new THREE.Vector3();

/** Where she stands is so far below the picture that her mirror image, which lies lower still, is not in it. */
export function mirroredOutside(at: THREE.Vector3, eye: THREE.Camera): boolean {
  for (const x of [-REACH, REACH]) {
    for (const z of [-REACH, REACH]) {
      // Behind the lens nothing is told by where it would be in the picture.
      if (corner.set(at.x + x, 0, at.z + z).applyMatrix4(eye.matrixWorldInverse).z > -0.3) return false;
      if (corner.applyMatrix4(eye.projectionMatrix).y > BELOW) return false;
    }
  }
  return true;
}

export class Reflection {
  readonly #camera = new THREE.PerspectiveCamera();
  readonly #target = new THREE.WebGLRenderTarget(2, 2);
  readonly #ahead = new THREE.Vector3();

  readonly #masked: boolean;

  /** masked: performers take alpha away where they stand, as they do from what blooms; else they leave it there. */
  constructor(masked: boolean) {
    this.#masked = masked;
    this.#camera.layers.set(MIRRORED_LAYER);
  }

  resize(width: number, height: number): void {
    this.#target.setSize(Math.ceil(width), Math.ceil(height));
  }

  /** Draw what the floor shows to `eye`. standing: where each performer is who is seen. */
  draw(
    renderer: THREE.WebGLRenderer,
    scene: THREE.Scene,
    eye: THREE.PerspectiveCamera,
    uniforms: MirrorUniforms,
    standing: readonly THREE.Vector3[],
  ): void {
    const camera = this.#camera;
    camera.projectionMatrix.copy(eye.projectionMatrix);
    camera.projectionMatrixInverse.copy(eye.projectionMatrixInverse);
    eye.getWorldDirection(this.#ahead);
    camera.position.set(eye.position.x, -eye.position.y, eye.position.z);
    this.#ahead.set(this.#ahead.x, -this.#ahead.y, this.#ahead.z).add(camera.position);
    camera.lookAt(this.#ahead);
    camera.updateMatrixWorld();
    renderer.setRenderTarget(this.#target);
    renderer.setClearAlpha(this.#masked ? 1 : 0);
    renderer.clear();
    if (!standing.every((at) => mirroredOutside(at, eye))) renderer.render(scene, camera);
    uniforms.mirror.value = this.#target.texture;
    uniforms.mirrorMatrix.value
      .copy(TO_TEXTURE)
      .multiply(camera.projectionMatrix)
      .multiply(camera.matrixWorldInverse);
  }

  dispose(): void {
    this.#target.dispose();
  }
}
