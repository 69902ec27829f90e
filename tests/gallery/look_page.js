// The page of look.mjs: one VRM under a warm key and a cool rim, drawn by three-vrm as any other program would.
import { VRMLoaderPlugin, VRMUtils } from "@pixiv/three-vrm";
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

const RAD = Math.PI / 180;
const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const scene = new THREE.Scene();
const camera = new THREE.PerspectiveCamera(20, innerWidth / innerHeight, 0.05, 60);
const key = new THREE.DirectionalLight(0xfff4ea, 2.55);
const rim = new THREE.DirectionalLight(0xbcd0ff, 0.9);
scene.add(key, rim, new THREE.AmbientLight(0xdfe4ff, 0.75));
const euler = new THREE.Euler();
let vrm;

window.look = {
  async load({ background, outline }) {
    scene.background = new THREE.Color(background);
    const loader = new GLTFLoader();
    loader.register((parser) => new VRMLoaderPlugin(parser));
    const gltf = await loader.loadAsync("/model.vrm");
    vrm = gltf.userData.vrm;
    VRMUtils.rotateVRM0(vrm);
    scene.add(vrm.scene);
    let triangles = 0;
    vrm.scene.traverse((node) => {
      if (!node.isMesh) return;
      node.frustumCulled = false;
      triangles += (node.geometry.index?.count ?? node.geometry.attributes.position.count) / 3;
      if (!outline && Array.isArray(node.material)) for (const m of node.material) if (m.isOutline) m.visible = false;
    });
    vrm.scene.updateMatrixWorld(true);
    const box = new THREE.Box3().setFromObject(vrm.scene);
    this.height = box.max.y;
    const head = vrm.humanoid.getRawBoneNode("head").getWorldPosition(new THREE.Vector3());
    this.head = { low: head.y, high: box.max.y, z: head.z };
    return {
      triangles,
      height: box.max.y,
      low: box.min.y,
      springs: vrm.springBoneManager?.joints.size ?? 0,
      expressions: vrm.expressionManager?.expressions.length ?? 0,
    };
  },
  show(view) {
    const human = vrm.humanoid;
    // VRM 0.x looks along -Z: half a turn about Y changes the sign of x and z.
    const sign = vrm.meta.metaVersion === "0" ? -1 : 1;
    human.resetNormalizedPose();
    const hips = human.getNormalizedBoneNode("hips");
    const rest = human.normalizedRestPose.hips.position;
    hips.position.set(rest[0], rest[1] + (view.hips_y ?? 0), rest[2]);
    vrm.expressionManager?.resetValues();
    for (const [name, value] of Object.entries(view.expressions ?? {})) vrm.expressionManager?.setValue(name, value);
    if (vrm.lookAt) {
      vrm.lookAt.autoUpdate = false;
      vrm.lookAt.yaw = view.look?.[0] ?? 0;
      vrm.lookAt.pitch = view.look?.[1] ?? 0;
    }
    vrm.springBoneManager?.reset();
    // The pose is entered in steps, as a dance would: springs must get there without tearing.
    for (let step = 1; step <= 90; step++) {
      const share = Math.min(1, step / 40);
      for (const [bone, [x, y, z]] of Object.entries(view.bones ?? {}))
        human.getNormalizedBoneNode(bone)?.quaternion.setFromEuler(euler.set(sign * x * RAD * share, y * RAD * share, sign * z * RAD * share, "YXZ"));
      vrm.update(1 / 60);
    }
    // `centre` and `fits` measure the whole body, `head` the head with what it wears (`low`: so much further down).
    const low = view.head ? this.head.low - 0.02 - (view.low ?? 0) : 0;
    const high = view.head ? this.head.high : this.height;
    const size = view.head ? (high - this.head.low) * 1.4 * view.head : high * view.fits;
    const middle = new THREE.Vector3(0, view.head ? high - size / 2 + 0.12 * (high - this.head.low) * Math.min(1, view.head) : low + (high - low) * view.centre, view.head ? this.head.z : 0);
    if (view.hips_y) middle.y += view.hips_y * 0.5;
    camera.fov = view.fov;
    const away = size / 2 / Math.tan((view.fov * RAD) / 2);
    const yaw = view.yaw * RAD;
    const pitch = (view.pitch ?? 0) * RAD;
    camera.position.set(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch)).multiplyScalar(away).add(middle);
    camera.lookAt(middle);
    camera.updateProjectionMatrix();
    // Light stands with the camera: every view is judged under the same light.
    key.position.set(Math.sin(yaw + 0.7), 0.7, Math.cos(yaw + 0.7));
    rim.position.set(Math.sin(yaw + 3.6), 0.5, Math.cos(yaw + 3.6));
    renderer.render(scene, camera);
  },
};
