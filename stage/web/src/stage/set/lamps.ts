/** Moving heads: where each lamp stands, where it points at a moment, and its body, beam and glow. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import type { LampGroup, Look, Venue } from "../venue";
import { ADD, BLOOM, GLOW, glsl, ribbon, type SetUniforms, sprite } from "./shared";

interface Lamp {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly group: LampGroup;
  /** From the middle of its row, -1..1; for lamps at the side their own side with their height. */
  readonly place: number;
  readonly number: number;
  readonly reach: number;
}

export function lampsOf(venue: Venue): readonly Lamp[] {
  const lamps: Lamp[] = [];
  for (const { group, from, to, count, reach } of venue.lamps) {
    for (let i = 0; i < count; i++) {
      const u = count === 1 ? 0.5 : i / (count - 1);
      const [x, y, z] = [0, 1, 2].map((k) => from[k]! + (to[k]! - from[k]!) * u) as [number, number, number];
      lamps.push({ x, y, z, group, place: group === "side" ? Math.sign(x) * (1 + i) : 2 * u - 1, number: i, reach });
    }
  }
  return lamps;
}

/** Direction of a lamp (into `out`, not of length 1). turn: angle that runs on with the bars. */
export function aimLamp(lamp: Lamp, beams: Look["beams"], turn: number, out: THREE.Vector3): void {
  const { group, number: n } = lamp;
  const side = lamp.place;
  if (group === "top") {
    let pan = 0.28 * side;
    if (beams === "cross") pan = -0.62 * side + 0.2 * Math.sin(turn + n);
    else if (beams === "fan") pan = 0.52 * side + 0.1 * Math.sin(turn);
    else if (beams === "closing") pan = -0.2 * side * (1 + Math.sin(turn * 0.5)) + 0.05 * Math.sin(turn);
    else if (beams === "sweep") pan = 0.4 * Math.sin(turn + n * 0.45);
    else if (beams === "up") pan = 0.8 * side;
    // Beams fall behind her: one that crosses her face makes it milky.
    const lean = -0.1 - 0.06 * Math.sin(turn * 0.5 + n) - (lamp.z > -3 ? 0.3 : 0);
    out.set(Math.sin(pan), -Math.cos(pan) * Math.cos(lean), Math.sin(lean));
  } else if (group === "floor") {
    let pan = 0.34 * side + 0.16 * Math.sin(turn + n * 0.8);
    if (beams === "cross") pan = -0.55 * side + 0.12 * Math.sin(turn + n);
    else if (beams === "still") pan = 0.2 * side;
    else if (beams === "up") pan = 0.42 * side;
    out.set(Math.sin(pan), Math.cos(pan), 0.1);
  } else if (group === "side") {
    const pan = -Math.sign(side) * (1.02 + 0.2 * Math.sin(turn + n));
    out.set(Math.sin(pan), (n % 2 ? -0.7 : 0.7) * Math.cos(pan), -0.18);
  } else {
    out.set(-0.3 * side, -lamp.y + 1, -lamp.z - 0.3);
  }
  out.normalize();
}

/** A head with its lens at +y, and the neck it turns on. */
function head(): THREE.InstancedBufferGeometry {
  const can = new THREE.CylinderGeometry(0.1, 0.135, 0.32, 7, 1).translate(0, -0.02, 0);
  const neck = new THREE.CylinderGeometry(0.13, 0.09, 0.1, 4, 1, true).translate(0, -0.22, 0);
  const merged = mergeGeometries([can, neck]);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setAttribute("position", merged.getAttribute("position"));
  geometry.setAttribute("normal", merged.getAttribute("normal"));
  geometry.setIndex(merged.index);
  return geometry;
}

const FRAME = /* glsl */ `
  vec3 side_ = normalize(cross(aim.xyz, abs(aim.y) > 0.9 ? vec3(0.0, 0.0, 1.0) : vec3(0.0, 1.0, 0.0)));
  mat3 turned = mat3(side_, aim.xyz, cross(side_, aim.xyz));`;

export class Lamps {
  readonly group = new THREE.Group();
  readonly #lamps: readonly Lamp[];
  readonly #aim: THREE.InstancedBufferAttribute;
  readonly #color: THREE.InstancedBufferAttribute;
  readonly #way = new THREE.Vector3();

  constructor(uniforms: SetUniforms, venue: Venue) {
    const lamps = (this.#lamps = lampsOf(venue));
    const places = new THREE.InstancedBufferAttribute(Float32Array.from(lamps.flatMap(({ x, y, z }) => [x, y, z])), 3);
    this.#aim = new THREE.InstancedBufferAttribute(new Float32Array(4 * lamps.length), 4);
    this.#color = new THREE.InstancedBufferAttribute(new Float32Array(3 * lamps.length), 3);
    for (const attribute of [this.#aim, this.#color]) attribute.setUsage(THREE.DynamicDrawUsage);
    const copies = (geometry: THREE.InstancedBufferGeometry, material: THREE.ShaderMaterial, order: number): void => {
      geometry.instanceCount = lamps.length;
      geometry.setAttribute("place", places);
      geometry.setAttribute("aim", this.#aim);
      geometry.setAttribute("tone", this.#color);
      const mesh = new THREE.Mesh(geometry, material);
      mesh.frustumCulled = false;
      mesh.renderOrder = order;
      this.group.add(mesh);
    };
    copies(head(), headMaterial(uniforms), 0);
    copies(ribbon(), beamMaterial(uniforms), 20);
    copies(sprite(), glowMaterial(uniforms), 21);
  }

  /**
   * Aim and colour every lamp.
   *
   * beat: beats since the bar began, 0..4. bar: number of the bar. gain: height of a beam, display values.
   */
  update(look: Look, beat: number, bar: number, pulse: number, gain: number, palette: ArrayLike<number>): void {
    const aim = this.#aim.array as Float32Array;
    const color = this.#color.array as Float32Array;
    const turn = (bar % 8) * Math.PI * 0.5 + beat * (Math.PI / 8);
    // Odd and even lamps take turns, so that the light moves and never blinks as one.
    const swap = bar % 8 >= 4 ? 1 : 0;
    this.#lamps.forEach((lamp, i) => {
      aimLamp(lamp, look.beams, turn, this.#way);
      this.#way.toArray(aim, 4 * i);
      aim[4 * i + 3] = lamp.reach;
      const odd = (lamp.number + swap) % 2;
      const on = (i * 0.382) % 1 < look.lamps ? 1 : 0;
      const height = on * gain * (0.72 + 0.28 * (odd ? pulse : 1 - pulse));
      const rainbow = palette[12] ?? 0;
      for (let c = 0; c < 3; c++) {
        const hue = 0.56 + 0.44 * Math.cos(2 * Math.PI * (0.4 * lamp.place + 0.05 * lamp.y - c / 3));
        color[3 * i + c] = (palette[3 * odd + c]! * (1 - rainbow) + hue * rainbow) * height;
      }
    });
    this.#aim.needsUpdate = true;
    this.#color.needsUpdate = true;
  }
}

function headMaterial(uniforms: SetUniforms): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    uniforms,
    vertexShader: /* glsl */ `
      attribute vec3 place, tone; attribute vec4 aim; uniform vec3 c2; varying vec3 vColor;
      void main() {
        ${FRAME}
        vec3 n = turned * normal;
        vColor = vec3(0.035, 0.034, 0.045) + c2 * 0.12 + vec3(0.05) * max(0.0, n.z) + tone * 0.16 * max(0.0, -n.y);
        gl_Position = projectionMatrix * viewMatrix * vec4(place + turned * position, 1.0);
      }`,
    fragmentShader: "varying vec3 vColor; void main() { gl_FragColor = vec4(vColor, 0.0); }",
  });
}

function beamMaterial(uniforms: SetUniforms): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    ...ADD,
    side: THREE.DoubleSide,
    uniforms,
    vertexShader: /* glsl */ `
      attribute vec3 place, tone; attribute vec4 aim; varying vec2 vAt; varying vec3 vTone;
      void main() {
        vAt = position.xy;
        vec3 lens = place + aim.xyz * 0.15;
        vec3 across = cross(aim.xyz, normalize(cameraPosition - (lens + aim.xyz * 2.0)));
        // Looking down the beam one sees the lamp, not a ribbon.
        vTone = tone * (0.25 + 0.75 * length(across));
        // A lamp that is off sends nothing: black added to the picture costs as much as light.
        float on = step(0.001, tone.r + tone.g + tone.b);
        vec3 at = lens + aim.xyz * (aim.w * position.y * on) + normalize(across) * position.x * (mix(0.085, 0.085 + 0.056 * aim.w, position.y) * on);
        gl_Position = projectionMatrix * viewMatrix * vec4(at, 1.0);
      }`,
    fragmentShader: /* glsl */ `
      varying vec2 vAt; varying vec3 vTone;
      void main() {
        // An edge that is seen, and a brighter middle.
        float x = 1.0 - vAt.x * vAt.x, k = 1.0 - vAt.y;
        gl_FragColor = vec4(vTone * smoothstep(0.0, 0.42, x) * (0.45 + 0.62 * x * x) * k * (0.38 + 0.62 * k * k), 0.0);
      }`,
  });
}

function glowMaterial(uniforms: SetUniforms): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    ...GLOW,
    uniforms,
    // A lamp that looks at us is a disc of light; one that looks away is only a gleam on its rim.
    vertexShader: /* glsl */ `
      attribute vec3 place, tone; attribute vec4 aim; uniform float pulse; varying vec2 vAt; varying vec3 vTone; varying float vFacing;
      void main() {
        vAt = position.xy; vTone = tone;
        vec3 lens = place + aim.xyz * 0.16;
        vFacing = smoothstep(-0.35, 0.8, dot(aim.xyz, normalize(cameraPosition - lens)));
        vec4 view = viewMatrix * vec4(lens, 1.0);
        float on = step(0.001, tone.r + tone.g + tone.b);
        // The lamps at the far end of a hall look straight at the stage.
        view.xy += position.xy * max(0.34 + 0.12 * vFacing + 0.03 * pulse, -view.z * 0.03 * vFacing) * on; view.z += 0.2;
        gl_Position = projectionMatrix * view;
      }`,
    fragmentShader: /* glsl */ `
      uniform vec3 c3; varying vec2 vAt; varying vec3 vTone; varying float vFacing;
      void main() {
        float r = min(1.0, length(vAt)), halo = (1.0 - r) * (1.0 - r);
        float on = min(1.0, 4.0 * max(vTone.r, max(vTone.g, vTone.b)));
        // Hot in the middle and coloured to the edge: a disc of one white is a paper dot.
        float core = smoothstep(0.30 + 0.07 * vFacing, 0.02, r) * on * (0.75 + 0.25 * vFacing);
        gl_FragColor = vec4(vTone * halo * (1.6 + 0.9 * vFacing) + mix(vTone, c3, core) * core, ${glsl(BLOOM.lamp)} * core);
      }`,
  });
}
