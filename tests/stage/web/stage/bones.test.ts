import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { BONES, LEFT_EYE, RIGHT_EYE } from "../../../../stage/web/src/stage/bones";

/** Read Python's table as its code builds it: literal bones, then arms and legs of both sides. */
function pythonBones(): string[] {
  const text = readFileSync(resolve(import.meta.dirname, "../../../../motion/rig/bones.py"), "utf8");
  const table = /BONES: tuple\[Bone, \.\.\.\] = \(([\s\S]*?)\n\)/.exec(text)![1]!;
  const fingers = /for finger in \(([^)]*)\)/.exec(text)![1]!.match(/\w+/g)!;
  const thumb = /joints = \(([^)]*)\)/.exec(text)![1]!.match(/\w+/g)!;
  const others = /else \(([^)]*)\)/.exec(text)![1]!.match(/\w+/g)!;
  const part = (name: string): string[] =>
    [...new RegExp(`def _${name}[\\s\\S]*?\\n    \\]`).exec(text)![0].matchAll(/Bone\(f"\{side\}(\w+)"/g)].map((m) => m[1]!);
  return [...table.matchAll(/Bone\("(\w+)"|\*_(leg|arm)\("(left|right)"\)/g)].flatMap((m) => {
    if (m[1]) return [m[1]];
    const side = m[3]!;
    const names = part(m[2]!).map((name) => side + name);
    if (m[2] === "leg") return names;
    return [
      ...names,
      ...fingers.flatMap((finger) => (finger === "Thumb" ? thumb : others).map((joint) => side + finger + joint)),
    ];
  });
}

test("the bones stand in the order of Python's table", () => {
  const python = pythonBones();
  expect(python).toHaveLength(55);
  expect(BONES).toEqual(python);
  expect([BONES[LEFT_EYE], BONES[RIGHT_EYE]]).toEqual(["leftEye", "rightEye"]);
});
