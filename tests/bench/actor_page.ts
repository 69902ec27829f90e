/** One performer alone on the plain stage: what drawing costs, in the stage's own lean toon and in MToon with outlines. */
import * as THREE from "three";
import { Avatar, type Quality } from "../../stage/web/src/stage/avatar";
import { StageLight } from "../../stage/web/src/stage/light";
import { createFrame } from "../../stage/web/src/wire/frame";

interface Case {
  readonly name: string;
  readonly url: string;
  readonly quality: Quality;
}
interface Shot {
  readonly name: string;
  readonly distance: number;
  readonly height: number;
  readonly fov: number;
}

// Shares of the figure's height, so that a short one fills the picture as a tall one does.
const SHOTS: readonly Shot[] = [
  { name: "wide", distance: 9, height: 0.55, fov: 23 },
  { name: "full", distance: 4.8, height: 0.52, fov: 15.8 },
  { name: "close", distance: 2.1, height: 0.86, fov: 10.5 },
];

async function measure(cases: readonly Case[], width: number, height: number, rounds: number): Promise<unknown> {
  const renderer = new THREE.WebGLRenderer({ antialias: false });
  renderer.setSize(width, height, false);
  document.body.append(renderer.domElement);
  const gl = renderer.getContext();
  const light = new StageLight();
  const camera = new THREE.PerspectiveCamera(20, width / height, 0.1, 60);
  const black = new Float32Array(9).map((_, i) => [1, 0.3, 0.66, 0.27, 0.78, 1, 0.1, 0.06, 0.3][i]!);
  const stages: { scene: THREE.Scene; avatar: Avatar; tall: number; name: string }[] = [];
  for (const one of cases) {
    const scene = new THREE.Scene();
    light.addTo(scene);
    const avatar = await Avatar.load(0, one.url, [], light);
    avatar.wear(one.quality === "lite" ? "lean" : "full");
    scene.add(avatar.group);
    const tall = new THREE.Box3().setFromObject(avatar.group).max.y;
    stages.push({ scene, avatar, tall, name: one.name });
  }
  const frame = createFrame();
  frame.performers = [
    {
      id: 0, flags: 0, avatar: 0, root: new Float32Array(4), hips: new Float32Array(3),
      rotations: new Float32Array(220).map((_, i) => (i % 4 === 3 ? 1 : 0)), gaze: new Float32Array(2), weights: new Float32Array(0),
    },
  ];
  const pixel = new Uint8Array(4);
  const taken = new Map<string, number[]>();
  const calls = new Map<string, unknown>();
  for (let round = -3; round < rounds; round++) {
    // Cases take turns, so a slow moment of the machine meets all of them.
    for (const { scene, avatar, tall, name } of stages) {
      const body = frame.performers[0]!;
      body.hips.set(avatar.restHips());
      body.root[2] = 0.4 * Math.sin(round);
      avatar.pose(body);
      for (let step = 0; step < 4; step++) avatar.step();
      for (const shot of SHOTS) {
        camera.fov = shot.fov;
        camera.position.set(0.2 * tall, shot.height * tall, shot.distance * tall);
        camera.lookAt(0, shot.height * tall, 0);
        camera.updateProjectionMatrix();
        camera.updateMatrixWorld();
        light.addTo(scene);
        light.update(black as never, 1, 0, 1, 1, camera);
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
        const began = performance.now();
        // The lean dress bends its corners here, the full one while it is drawn.
        avatar.finish(0, camera, width, height);
        renderer.render(scene, camera);
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
        const spent = performance.now() - began;
        const key = `${name} ${shot.name}`;
        calls.set(name, { calls: renderer.info.render.calls, triangles: renderer.info.render.triangles });
        if (round >= 0) taken.set(key, [...(taken.get(key) ?? []), spent]);
      }
    }
  }
  const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
  const at = (values: number[], share: number): number => sorted(values)[Math.floor(share * (values.length - 1))]!;
  return {
    ms: Object.fromEntries(
      [...taken].map(([key, values]) => [key, { p50: at(values, 0.5), p95: at(values, 0.95), best: at(values, 0) }]),
    ),
    drawn: Object.fromEntries(calls),
  };
}

Object.assign(window, { measure });
