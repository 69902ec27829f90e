/** Where a foot touches the floor: under the ball where the heel is up, under the heel where the toes are. */
import type * as THREE from "three";

/** By how much higher than the other one end must be to carry nothing, metres. */
const TIPPED = 0.06;
/** How far from the heel to the ball it may touch. */
const [HEEL, BALL] = [0.15, 0.95];

/**
 * into: x and z of the middle of what touches, y how high that is above the floor. rest: heights of both joints above the
 * floor when she stands. toes: null on a model that has none; then it is the ankle.
 */
export function contactOf(into: THREE.Vector3, ankle: THREE.Vector3, toes: THREE.Vector3 | null, rest: { ankle: number; toes: number }): THREE.Vector3 {
  const heelUp = ankle.y - rest.ankle;
  if (!toes) return into.set(ankle.x, Math.max(0, heelUp), ankle.z);
  const ballUp = toes.y - rest.toes;
  const share = Math.min(BALL, Math.max(HEEL, 0.5 + (0.5 * (heelUp - ballUp)) / TIPPED));
  into.lerpVectors(ankle, toes, share);
  return into.setY(Math.max(0, Math.min(heelUp, ballUp)));
}
