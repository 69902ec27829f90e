import * as THREE from "../../../../stage/web/node_modules/three";
import { expect, test } from "vitest";
import { softness } from "../../../../stage/web/src/stage/lean";
import { textureBytes, texturesOf } from "../../../../stage/web/src/stage/memory";
import { maskBloom } from "../../../../stage/web/src/stage/mtoon";
import { contentShader } from "../../../../stage/web/src/stage/set/contents";
import { before } from "../../../../stage/web/src/stage/set/crowd";
import { Hands } from "../../../../stage/web/src/stage/set/hands";
import { farHead, farPerson, people } from "../../../../stage/web/src/stage/set/people";
import { bent, boardBefore, seats, standing } from "../../../../stage/web/src/stage/set/seats";
import { ribbon, setUniforms, unrolled } from "../../../../stage/web/src/stage/set/shared";
import { makeSpot } from "../../../../stage/web/src/stage/set/spot";
import { makeStands } from "../../../../stage/web/src/stage/set/stands";
import { makeStructure } from "../../../../stage/web/src/stage/set/structure";
import { PATTERNS, VENUES } from "../../../../stage/web/src/stage/venue";

const NAMES = ["arena", "livehouse"] as const;

test.each(NAMES)("nobody stands on the runway or on the deck of %s", (name) => {
  const venue = VENUES[name]!;
  const all = seats(venue, 7);
  expect(all.length).toBeGreaterThan(100);
  for (const { x, y, z } of all) {
    expect(z).toBeGreaterThan(venue.measure.deck_front);
    expect(y).toBeLessThan(venue.measure.pit + 20);
    if (z < venue.measure.runway_front) expect(Math.abs(x)).toBeGreaterThan(venue.measure.runway_half);
  }
  expect(seats(venue, 7)).toEqual(all);
});

test("each kind of person has an arm that the shader can place, and few corners", () => {
  for (const shape of people()) {
    const arm = shape.getAttribute("arm");
    const along = Array.from({ length: arm.count }, (_, i) => arm.getX(i));
    expect(Math.max(...along)).toBeGreaterThan(1);
    expect(along).toContain(0);
    expect(shape.index!.count / 3).toBeLessThan(90);
  }
});

test("people stand on feet; far ones have few corners, and an arm for their stick", () => {
  for (const shape of people()) {
    const at = shape.getAttribute("position");
    const lowest = Math.min(...Array.from({ length: at.count }, (_, i) => at.getY(i)));
    expect(lowest).toBe(0);
  }
  const far = farPerson();
  expect(far.index!.count / 3).toBeLessThan(25);
  const arm = far.getAttribute("arm");
  expect(Math.max(...Array.from({ length: arm.count }, (_, i) => arm.getX(i)))).toBeGreaterThan(1);
});

test("everybody has a face under hair, and on shoulders that slope to a neck", () => {
  for (const shape of [...people(), farPerson(), farHead()]) {
    const [at, arm] = [shape.getAttribute("position"), shape.getAttribute("arm")];
    const corners = Array.from({ length: at.count }, (_, i) => [at.getX(i), at.getY(i), arm.getX(i), arm.getY(i)] as const);
    const face = corners.filter(([, , along, skin]) => along === 0 && skin > 0).map(([, y]) => y);
    const body = corners.filter(([, , along]) => along === 0);
    expect(Math.max(...face)).toBeLessThan(1.52);
    expect(Math.max(...body.map(([, y]) => y))).toBeGreaterThan(1.58);
    const widest = (low: number, high: number): number => Math.max(...body.filter(([, y]) => y >= low && y < high).map(([x]) => x));
    expect(widest(1.15, 1.25)).toBeGreaterThan(2 * Math.min(...body.filter(([x, y]) => x > 0.03 && y > 1.32 && y < 1.45).map(([x]) => x)));
  }
});

test("people stand in groups with room between them", () => {
  const venue = VENUES["arena"]!;
  const { first, row, half, spread } = venue.crowd;
  const rows = new Map<number, number[]>();
  for (const { x, z } of seats(venue, 7)) {
    if (z < 7 || z > 12) continue;
    const number = Math.round((z - first) / row);
    rows.set(number, [...(rows.get(number) ?? []), x].sort((a, b) => a - b));
  }
  const gaps = [...rows.values()].flatMap((xs) => xs.slice(1).map((x, i) => x - xs[i]!));
  // With nobody missing two neighbours stand 1.2 m apart at most.
  expect(gaps.filter((gap) => gap > 1.25).length).toBeGreaterThan(0.04 * gaps.length);
  expect(gaps.length).toBeGreaterThan(0.75 * rows.size * ((2 * (half + 5 * spread)) / 0.64));
});

test.each(NAMES)("what stands still in %s is one mesh of few triangles inside the hall", (name) => {
  const venue = VENUES[name]!;
  const { geometry } = makeStructure(setUniforms(venue.palettes[0]!), venue, true);
  expect(geometry.index!.count / 3).toBeLessThan(9000);
  geometry.computeBoundingBox();
  expect(geometry.boundingBox!.max.y).toBeLessThanOrEqual(venue.measure.ceiling + 0.1);
  expect(geometry.boundingBox!.min.y).toBeGreaterThanOrEqual(venue.measure.pit - 0.2);
});

test("who stands behind the lens is not counted", () => {
  const rising = [1, 2, 2, 5, 9];
  expect([0, 1, 2, 2.1, 9, 99].map((limit) => before(rising, limit))).toEqual([0, 0, 1, 3, 4, 5]);
});

test.each(NAMES)("hands along the lower edge of %s are there in far pictures from the audience only", (name) => {
  const venue = VENUES[name]!;
  const hands = new Hands(setUniforms(venue.palettes[0]!), venue, { value: 1 }, false);
  const from = (z: number, target: number): boolean => {
    const camera = new THREE.PerspectiveCamera(18.6, 16 / 9);
    camera.position.set(0.5, 1.5, z);
    camera.lookAt(0, 1, target);
    camera.updateMatrixWorld();
    hands.show(camera, Math.abs(z - target));
    return hands.group.visible;
  };
  expect(from(8, 0)).toBe(true);
  expect(from(12, 0)).toBe(true);
  expect(from(4, 0)).toBe(false);
  expect(from(-4, 5)).toBe(false);
  // Rows that overlap: places at several depths, and no more copies than a picture on a processor may have.
  const meshes = hands.group.children.map((mesh) => (mesh as THREE.Mesh).geometry);
  const depths = new Set(meshes.flatMap(({ attributes: { place } }) => Array.from({ length: place!.count }, (_, i) => place!.getW(i))));
  expect(depths.size).toBeGreaterThanOrEqual(3);
  expect(meshes.length).toBeLessThanOrEqual(2);
  expect(meshes.reduce((sum, { attributes: { position } }) => sum + position!.count, 0)).toBeLessThan(90 * venue.crowd.hands);
});

test.each(NAMES)("whoever stands before the lens in %s is told where her feet are, and leaves when they leave the picture", (name) => {
  const venue = VENUES[name]!;
  const hands = new Hands(setUniforms(venue.palettes[0]!), venue, { value: 1 }, false);
  const material = (hands.group.children[0] as THREE.Mesh).material as THREE.ShaderMaterial;
  const camera = new THREE.PerspectiveCamera(20, 16 / 9);
  const seen = (target: number, x: number): THREE.Vector3 => {
    camera.position.set(0, 1.2, 8);
    camera.lookAt(0, target, 0);
    camera.updateMatrixWorld();
    hands.show(camera, 8);
    hands.under(Float32Array.from([x, 0, 0, x, 0, 0.1, x, 0, 0.1]), 3, camera);
    return material.uniforms["feet"]!.value as THREE.Vector3;
  };
  expect(seen(0.6, 0).z).toBeGreaterThan(-0.9);
  expect(hands.group.visible).toBe(true);
  expect(seen(0.6, 0.5).x).toBeGreaterThan(0.2);
  seen(2.2, 0);
  expect(hands.group.visible).toBe(false);
});

test("copies one after the other are the copies: each corner has its own place and its copy's values", () => {
  const quad = ribbon();
  quad.setAttribute("place", new THREE.InstancedBufferAttribute(Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9]), 4));
  quad.instanceCount = 2;
  const { attributes, index } = unrolled(quad);
  expect(attributes["position"]!.count).toBe(8);
  expect([...index!.array]).toEqual([0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7]);
  for (let i = 0; i < 8; i++) {
    expect(attributes["place"]!.getW(i)).toBe(i < 4 ? 4 : 8);
    expect(attributes["position"]!.getX(i)).toBe(quad.getAttribute("position").getX(i % 4));
  }
});

test("tiers rise behind a board, bend around the stage, and nobody of the floor stands in them", () => {
  const venue = VENUES["arena"]!;
  const [first, second] = venue.tiers;
  expect(standing(venue, first!.from - 0.1)).toBe(venue.measure.pit);
  expect(standing(venue, first!.from)).toBeGreaterThan(venue.measure.pit + 1);
  expect(standing(venue, second!.from)).toBeGreaterThan(standing(venue, second!.from - 0.1) + 1);
  expect(bent(venue, 10, first!.from)).toBeCloseTo(100 * venue.crowd.bend);
  for (const { x, y, z } of seats(venue, 7))
    if (y > venue.measure.pit + 0.2) expect(z).toBeGreaterThan(first!.from - bent(venue, x, first!.from) - 0.2);
    else expect(z).toBeLessThan(first!.from - bent(venue, x, first!.from));
});

test("before every seat of a tier is its board, nearer to the stage and lower than a head; before the floor none", () => {
  const venue = VENUES["arena"]!;
  for (const seat of seats(venue, 7)) {
    const [z, y] = boardBefore(venue, seat);
    if (seat.y < venue.measure.pit + 0.2) {
      expect(z).toBe(0);
      continue;
    }
    expect(z).toBeLessThan(seat.z + 0.2);
    expect(y).toBeLessThan(seat.y + 1.4);
  }
});

test.each(NAMES)("stands of %s are one mesh, and a head on them few triangles", (name) => {
  const venue = VENUES[name]!;
  const { geometry } = makeStands(setUniforms(venue.palettes[0]!), venue);
  geometry.computeBoundingBox();
  expect(geometry.boundingBox!.min.y).toBeCloseTo(venue.measure.pit);
  expect(geometry.index!.count / 3).toBeLessThan(400);
  expect(farHead().index!.count / 3).toBeLessThanOrEqual(14);
});

test.each(NAMES)("a quiet moment of %s has its spot; loud ones have none, and their light walks over the deck", (name) => {
  for (const look of VENUES[name]!.looks) {
    expect((look.spot ?? 0) > 0).toBe(look.name === "ballad");
    expect((look.gobos ?? 0) > 0).toBe(look.name !== "ballad");
    expect(look.every).toBeGreaterThanOrEqual(1);
  }
  expect(makeSpot(setUniforms(VENUES[name]!.palettes[0]!), VENUES[name]!).geometry.index!.count).toBe(12);
});

test("every content of the wall has its own program", () => {
  for (const name of PATTERNS) {
    const text = contentShader(name);
    expect(text).toContain(`vec3 ${name}(vec2 p)`);
    for (const other of PATTERNS) if (other !== name) expect(text).not.toContain(`vec3 ${other}(vec2 p)`);
  }
});

test("a performer takes bloom away where the picture has a mask, and is usual again without", () => {
  const material = new THREE.ShaderMaterial();
  maskBloom(material, true);
  expect(material.blendSrcAlpha).toBe(THREE.ZeroFactor);
  expect(material.blendDstAlpha).toBe(THREE.OneMinusSrcAlphaFactor);
  maskBloom(material, false);
  expect(material.blending).toBe(THREE.NormalBlending);
});

test("a toonier material has a harder edge between light and shade, never a stepped one", () => {
  expect(softness(0.5)).toBeGreaterThan(softness(0.9));
  expect(softness(1)).toBe(0.04);
  expect(softness(undefined)).toBe(softness(0.9));
});

test("a texture that two materials share is counted once", () => {
  const map = new THREE.DataTexture(new Uint8Array(4 * 64 * 32), 64, 32);
  const root = new THREE.Group();
  for (let i = 0; i < 2; i++)
    root.add(new THREE.Mesh(new THREE.PlaneGeometry(), new THREE.ShaderMaterial({ uniforms: { map: { value: map } } })));
  const found = new Set<THREE.Texture>();
  texturesOf(root, found);
  expect(found.size).toBe(1);
  expect(textureBytes(found, [])).toBe(4 * 64 * 32);
  const target = new THREE.WebGLRenderTarget(10, 10, { samples: 4 });
  expect(textureBytes(new Set(), [target])).toBe(10 * 10 * 4 * (1 + 4 + 4));
});
