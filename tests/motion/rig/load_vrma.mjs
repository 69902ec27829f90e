// Loads a VRMA with @pixiv/three-vrm-animation and prints what its clip moves, as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../stage/web/package.json", import.meta.url));
globalThis.self ??= globalThis;
globalThis.ProgressEvent ??= class { constructor(type) { this.type = type; } };
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { GLTFLoader } = await load("three/examples/jsm/loaders/GLTFLoader.js");
// Resolved as CommonJS: its names may lie under `default`.
const animations = await load("@pixiv/three-vrm-animation");
const { VRMAnimationLoaderPlugin } = animations.default ?? animations;
const data = readFileSync(process.argv[2]);
const loader = new GLTFLoader();
loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
const buffer = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
const gltf = await loader.parseAsync(buffer, "");
const [animation] = gltf.userData.vrmAnimations;
process.stdout.write(JSON.stringify({
  rotations: [...animation.humanoidTracks.rotation.keys()],
  hips: animation.humanoidTracks.translation.has("hips"),
  expressions: [...animation.expressionTracks.preset.keys()],
}));
