/** The 55 humanoid bones in the order of the wire; the same table as motion/rig/bones.py (a test compares them). */
import type { VRMHumanBoneName } from "@pixiv/three-vrm";

const finger = (side: "left" | "right"): string[] =>
  ["Thumb", "Index", "Middle", "Ring", "Little"].flatMap((name) =>
    (name === "Thumb" ? ["Metacarpal", "Proximal", "Distal"] : ["Proximal", "Intermediate", "Distal"]).map(
      (joint) => `${side}${name}${joint}`,
    ),
  );
const leg = (side: "left" | "right"): string[] => ["UpperLeg", "LowerLeg", "Foot", "Toes"].map((part) => side + part);
const arm = (side: "left" | "right"): string[] => [
  ...["Shoulder", "UpperArm", "LowerArm", "Hand"].map((part) => side + part),
  ...finger(side),
];

export const BONES = [
  ...["hips", "spine", "chest", "upperChest", "neck", "head", "leftEye", "rightEye", "jaw"],
  ...leg("left"),
  ...leg("right"),
  ...arm("left"),
  ...arm("right"),
] as readonly VRMHumanBoneName[];

/** Numbers of the bones whose rotation comes from the frame; the eyes follow the gaze instead. */
export const LEFT_EYE = 6;
export const RIGHT_EYE = 7;
