/** `?orbit=1`: a person turns the camera with the mouse; the frame's camera is not taken then. */
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { StageView } from "./view";

/** Returns what to call before each picture. */
export function makeOrbit(view: StageView, canvas: HTMLCanvasElement): () => void {
  view.freeCamera = true;
  view.camera.position.set(1.5, 1.6, 6);
  const controls = new OrbitControls(view.camera, canvas);
  controls.target.set(0, 1, 0);
  controls.minDistance = 0.8;
  controls.maxDistance = 25;
  // Under the deck there is nothing to see.
  controls.maxPolarAngle = Math.PI * 0.55;
  return () => void controls.update();
}
