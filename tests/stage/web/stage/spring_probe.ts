/** A chain of three real spring bones that is pushed once; what it looks like after is its whole state. */
import { VRMSpringBoneJoint, VRMSpringBoneManager } from "../../../../stage/web/node_modules/@pixiv/three-vrm";
import { Object3D } from "../../../../stage/web/node_modules/three";
import { GRID_HZ } from "../../../../stage/web/src/stage/grid";

export function makeSpring() {
  const root = new Object3D();
  const bones = Array.from({ length: 4 }, () => new Object3D());
  bones.forEach((bone, i) => {
    (bones[i - 1] ?? root).add(bone);
    bone.position.set(0, i === 0 ? 1.4 : -0.1, 0);
  });
  root.updateMatrixWorld(true);
  const springs = new VRMSpringBoneManager();
  for (let i = 0; i < 3; i++) {
    springs.addJoint(
      new VRMSpringBoneJoint(bones[i]!, bones[i + 1]!, { stiffness: 1, dragForce: 0.4, gravityPower: 0.1, hitRadius: 0 }),
    );
  }
  springs.setInitState();
  return {
    step: () => springs.update(1 / GRID_HZ),
    reset: () => springs.reset(),
    push: () => {
      root.position.x = 0.2;
      root.rotation.y = 0.5;
      root.updateMatrixWorld(true);
    },
    state: () => bones.map((bone) => bone.quaternion.toArray()),
  };
}
