import { expect, test } from "vitest";
import { explain } from "../../../../stage/web/src/stage/load";
import { partOf } from "../../../../stage/web/src/stage/lean";

test.each([
  ["VRMHumanoidLoaderPlugin: These humanoid bones are required but not exist: head, leftFoot", "head, leftFoot"],
  ["Unexpected token 'v', \"version ht\"... is not valid JSON", "not readable"],
  ["Invalid typed array length: 7437", "cut off"],
  ["Cannot read properties of undefined (reading '9')", "names parts"],
  ["Something new\nwith a second line", "Something new"],
])("a loader's words become one line: %s", (said, told) => {
  const line = explain(new Error(said));
  expect(line).toContain(told);
  expect(line).not.toMatch(/\n|undefined|JSON|typed array/);
  expect(line.length).toBeLessThan(180);
});

test("names tell what a material paints", () => {
  expect(["EyeIris", "Face_Mouth", "N00_000_Face_SKIN", "Body_skin", "Tops_CLOTH", "髪", "顔"].map(partOf)).toEqual(
    ["eyes", "eyes", "skin", "skin", "cloth", "hair", "skin"],
  );
});
