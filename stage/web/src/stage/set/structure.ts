/** What stands still and does not shine: boxes, trusses, loudspeakers, monitors; one mesh, lit per corner. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { hexToRgb, type Monitor, type Speaker, type Truss, type Vec3, type Venue } from "../venue";
import { glsl, type SetUniforms } from "./shared";

const METAL = "#33323f";
const CABINET = "#17161d";
const GRILLE = "#0b0b10";
const CONE = "#22212a";

/** A part in one colour, without what no shader reads. */
function painted(part: THREE.BufferGeometry, tone: string): THREE.BufferGeometry {
  const [r, g, b] = hexToRgb(tone);
  const count = part.getAttribute("position").count;
  const colors = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) colors.set([r, g, b], 3 * i);
  part.deleteAttribute("uv");
  part.setAttribute("color", new THREE.BufferAttribute(colors, 3));
  return part;
}

const box = (size: Vec3, at: Vec3, tone: string): THREE.BufferGeometry =>
  painted(new THREE.BoxGeometry(...size).translate(...at), tone);

/** Corners of an unindexed part, numbered, so that parts of both kinds go into one mesh. */
function withIndex(part: THREE.BufferGeometry): THREE.BufferGeometry {
  part.setIndex(Array.from({ length: part.getAttribute("position").count }, (_, i) => i));
  return part;
}

/** A bar from one point to another. */
function bar(from: THREE.Vector3, to: THREE.Vector3, thick: number): THREE.BufferGeometry {
  const way = to.clone().sub(from);
  const length = way.length();
  const turn = new THREE.Quaternion().setFromUnitVectors(new THREE.Vector3(0, 1, 0), way.normalize());
  const middle = from.clone().add(to).multiplyScalar(0.5);
  return painted(
    new THREE.CylinderGeometry(thick / 2, thick / 2, length, 3, 1, true)
      .applyQuaternion(turn)
      .translate(middle.x, middle.y, middle.z),
    METAL,
  );
}

/** Four chords with diagonals between them on the sides that are seen. */
function truss({ from, to, side }: Truss, full: boolean): THREE.BufferGeometry[] {
  const a = new THREE.Vector3(...from);
  const b = new THREE.Vector3(...to);
  const along = b.clone().sub(a).normalize();
  const up = Math.abs(along.y) > 0.7 ? new THREE.Vector3(1, 0, 0) : new THREE.Vector3(0, 1, 0);
  const across = new THREE.Vector3().crossVectors(along, up).normalize();
  const half = side / 2;
  const corner = (end: THREE.Vector3, u: number, v: number): THREE.Vector3 =>
    end.clone().addScaledVector(up, u * half).addScaledVector(across, v * half);
  const parts = [-1, 1].flatMap((u) => [-1, 1].map((v) => bar(corner(a, u, v), corner(b, u, v), side * 0.13)));
  const count = Math.max(2, Math.round(a.distanceTo(b) / (side * 1.15)));
  for (let i = 0; i < count; i++) {
    const near = a.clone().lerp(b, i / count);
    const far = a.clone().lerp(b, (i + 1) / count);
    const way = i % 2 ? 1 : -1;
    // The side that looks at the audience and the lower one.
    parts.push(bar(corner(near, way, 1), corner(far, -way, 1), side * 0.08));
    if (full) parts.push(bar(corner(near, -1, way), corner(far, -1, -way), side * 0.08));
  }
  return parts;
}

/** A cabinet with a dark front and cones in it; wide ones have two side by side. */
function speaker({ at, size, turn }: Speaker, full: boolean): THREE.BufferGeometry[] {
  const [w, h, d] = size;
  const parts = [
    box([w, h, d], [0, h / 2, 0], CABINET),
    box([w * 0.92, h * 0.9, 0.02], [0, h / 2, d / 2], GRILLE),
  ];
  const columns = Math.max(1, Math.round((w / h) * 1.2));
  const rows = Math.max(1, Math.round((h / w) * 1.4));
  const radius = 0.42 * Math.min((w * 0.92) / columns, (h * 0.9) / rows);
  for (let i = 0; i < columns * rows; i++) {
    const x = (((i % columns) + 0.5) / columns - 0.5) * w * 0.92;
    const y = h * 0.05 + ((Math.floor(i / columns) + 0.5) / rows) * h * 0.9;
    const place: Vec3 = [x, y, d / 2 + 0.02];
    parts.push(painted(new THREE.CircleGeometry(radius, full ? 18 : 14).translate(...place), "#3a3945"));
    parts.push(painted(new THREE.CircleGeometry(radius * 0.86, full ? 18 : 14).translate(x, y, d / 2 + 0.025), CONE));
    if (full) parts.push(painted(new THREE.CircleGeometry(radius * 0.3, 12).translate(x, y, d / 2 + 0.03), "#0d0d12"));
  }
  return parts.map((part) => part.rotateY(turn).translate(...at));
}

/** A wedge on the floor whose grille looks at the performer. */
function monitor({ at, turn }: Monitor): THREE.BufferGeometry[] {
  const shape = new THREE.Shape([
    new THREE.Vector2(0.2, 0),
    new THREE.Vector2(0.2, 0.3),
    new THREE.Vector2(0.05, 0.34),
    new THREE.Vector2(-0.26, 0.05),
    new THREE.Vector2(-0.26, 0),
  ]);
  const body = new THREE.ExtrudeGeometry(shape, { depth: 0.56, bevelEnabled: false }).translate(0, 0, -0.28);
  // The grille lies on the slope, which runs from (0.05, 0.34) down to (-0.26, 0.05).
  const slope = Math.atan2(0.29, 0.31);
  const grille = new THREE.PlaneGeometry(0.5, 0.37)
    .rotateX(-Math.PI / 2)
    .rotateY(Math.PI / 2)
    .rotateZ(slope)
    .translate(-0.105 - 0.012 * Math.sin(slope), 0.195 + 0.012 * Math.cos(slope), 0);
  // The outline lies in the plane of x and y; x becomes the way to the audience.
  return [painted(body, "#121118"), painted(grille, "#1c1b24")].map((part) =>
    part.rotateY(-Math.PI / 2 + turn).translate(...at),
  );
}

export function makeStructure(uniforms: SetUniforms, venue: Venue, full: boolean): THREE.Mesh {
  const { pit } = venue.measure;
  const parts = [
    // The floor under the audience: nearly black, but no hole.
    box([60, 0.02, 44], [0, pit, 24], "#08070d"),
    ...venue.boxes.map(({ size, at, tone }) => box(size, at, tone)),
    ...venue.trusses.flatMap((row) => truss(row, full)),
    ...venue.speakers.flatMap((row) => speaker(row, full)),
    ...venue.monitors.flatMap(monitor),
  ].map((part) => (part.index ? part : withIndex(part)));
  const mesh = new THREE.Mesh(
    mergeGeometries(parts),
    new THREE.ShaderMaterial({
      side: THREE.DoubleSide,
      // Light of the wall from behind, of the lamps from above and from both sides, by where a corner stands.
      vertexShader: /* glsl */ `
        attribute vec3 color; uniform vec3 c0, c1, c2, c3; uniform float gain, wash, candle; varying vec3 vColor;
        void main() {
          vec3 at = (modelMatrix * vec4(position, 1.0)).xyz, n = normal;
          float top = max(0.0, n.y), front = max(0.0, n.z), side = max(0.0, -n.x * sign(at.x)), under = max(0.0, -n.y);
          vec3 room = mix(c0, c1, smoothstep(-5.0, 5.0, at.x));
          float near = exp(-0.10 * dot(at.xz - vec2(0.0, -2.0), at.xz - vec2(0.0, -2.0)) * 0.25);
          vec3 light = c2 * 0.4 + vec3(0.16) * front + room * wash * (0.95 * top + 1.15 * side + 0.34 * front + 0.5 * under) * near;
          vColor = (color * (0.34 + 2.1 * light) + room * 0.025 * wash * (top + side) * near) * (1.0 - 0.86 * candle);
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: `varying vec3 vColor; void main() { gl_FragColor = vec4(vColor, ${glsl(0)}); }`,
      uniforms,
    }),
  );
  mesh.frustumCulled = false;
  return mesh;
}
