import * as THREE from "../../../../stage/web/node_modules/three";
import { describe, expect, it } from "vitest";
import { mirroredOutside } from "../../../../stage/web/src/stage/reflection";

function eye(height: number, away: number, fov: number): THREE.PerspectiveCamera {
  const camera = new THREE.PerspectiveCamera(fov, 16 / 9, 0.1, 90);
  camera.position.set(0, height, away);
  camera.lookAt(0, height, 0);
  camera.updateMatrixWorld();
  return camera;
}

describe("a performer's mirror image", () => {
  const origin = new THREE.Vector3();

  it("is left out where the picture ends above her hips", () => expect(mirroredOutside(origin, eye(1.3, 3, 12))).toBe(true));
  it("is drawn where her feet are in the picture", () => expect(mirroredOutside(origin, eye(1.3, 8, 30))).toBe(false));
  it("is drawn where the floor behind her is", () => expect(mirroredOutside(origin, eye(1.3, 3, 34))).toBe(false));
  it("is drawn where she stands beside the lens", () => expect(mirroredOutside(origin, eye(1.3, 1, 12))).toBe(false));
});
