/** Walls of the room: brick, cloth, and the far end of a hall; painted once on a canvas, lit by lamps at their feet. */
import * as THREE from "three";
import { mergeGeometries } from "three/examples/jsm/utils/BufferGeometryUtils.js";
import { hexToRgb, type Surface, type Venue } from "../venue";
import { dice, glsl, type SetUniforms } from "./shared";

/** Metres that one painting covers. */
const TILE: Record<Surface["paint"], readonly [number, number]> = { brick: [2, 1.5], cloth: [1.6, 6], hall: [8, 3.5] };

type Painter = (context: CanvasRenderingContext2D, width: number, height: number, roll: () => number) => void;

const grey = (value: number): string => {
  const level = Math.round(255 * Math.min(1, Math.max(0, value)));
  return `rgb(${level},${level},${level})`;
};

const PAINTERS: Record<Surface["paint"], Painter> = {
  brick(c, width, height, roll) {
    c.fillStyle = grey(0.26);
    c.fillRect(0, 0, width, height);
    const rows = 20;
    const across = 8;
    const h = height / rows;
    const w = width / across;
    for (let y = 0; y < rows; y++) {
      for (let x = -1; x < across; x++) {
        // A brick that leaves on the right comes in on the left as itself.
        const chance = dice(1 + y * 97 + ((x + across) % across) * 13);
        const tone = 0.5 + 0.38 * chance() * chance() + (chance() < 0.08 ? 0.22 : 0) - (chance() < 0.1 ? 0.22 : 0);
        const left = (x + (y % 2) / 2) * w;
        c.fillStyle = grey(tone);
        c.fillRect(left + 1.2, y * h + 1.2, w - 2.4, h - 2.4);
        c.fillStyle = grey(tone * 1.22);
        c.fillRect(left + 1.2, y * h + 1.2, w - 2.4, 1.6);
        c.fillStyle = grey(tone * 0.72);
        c.fillRect(left + 1.2, (y + 1) * h - 2.4, w - 2.4, 1.4);
      }
    }
    for (let i = 0; i < 900; i++) {
      c.fillStyle = `rgba(${roll() < 0.5 ? "0,0,0" : "255,255,255"},${(0.05 + 0.08 * roll()).toFixed(3)})`;
      c.fillRect(roll() * width, roll() * height, 1 + 3 * roll(), 1 + 2 * roll());
    }
  },
  cloth(c, width, height) {
    for (let x = 0; x < width; x++) {
      const u = (2 * Math.PI * x) / width;
      const fold = 0.5 + 0.28 * Math.sin(5 * u) + 0.14 * Math.sin(8 * u + 1) + 0.08 * Math.sin(13 * u + 2);
      c.fillStyle = grey(0.3 + 0.6 * fold);
      c.fillRect(x, 0, 1, height);
    }
  },
  hall(c, width, height, roll) {
    c.fillStyle = grey(0.18);
    c.fillRect(0, 0, width, height);
    // Balconies: a lit edge and the lamps of doors and desks.
    for (const y of [0.3, 0.62, 0.92]) {
      c.fillStyle = grey(0.5);
      c.fillRect(0, y * height, width, height * 0.02);
      c.fillStyle = grey(0.08);
      c.fillRect(0, (y + 0.02) * height, width, height * 0.1);
      for (let i = 0; i < 14; i++) {
        c.fillStyle = grey(0.5 + 0.5 * roll());
        c.fillRect(roll() * width, (y + 0.05 + 0.04 * roll()) * height, 2, 2);
      }
    }
  },
};

function paint(kind: Surface["paint"], fine: boolean): THREE.CanvasTexture {
  const canvas = document.createElement("canvas");
  canvas.width = 512;
  canvas.height = kind === "cloth" ? 64 : 512;
  PAINTERS[kind](canvas.getContext("2d")!, canvas.width, canvas.height, dice(5));
  const texture = new THREE.CanvasTexture(canvas);
  texture.wrapS = texture.wrapT = THREE.RepeatWrapping;
  if (fine) texture.anisotropy = 4;
  else texture.minFilter = THREE.LinearMipmapNearestFilter;
  return texture;
}

/** A surface where it stands; local: metres along and up its painting. */
function placed({ at, size, turn, tone }: Surface): THREE.BufferGeometry {
  const geometry = new THREE.PlaneGeometry(...size);
  const place = geometry.getAttribute("position");
  const local = new Float32Array(2 * place.count);
  const color = new Float32Array(3 * place.count);
  for (let i = 0; i < place.count; i++) {
    local.set([place.getX(i) + at[0] * 0.37, place.getY(i)], 2 * i);
    color.set(hexToRgb(tone), 3 * i);
  }
  geometry.setAttribute("local", new THREE.BufferAttribute(local, 2));
  geometry.setAttribute("color", new THREE.BufferAttribute(color, 3));
  geometry.deleteAttribute("normal");
  return geometry.rotateY(turn).translate(...at);
}

export class Surfaces {
  readonly group = new THREE.Group();
  readonly #paintings = new Map<Surface["paint"], THREE.CanvasTexture>();

  constructor(uniforms: SetUniforms, venue: Venue, fine: boolean) {
    const { every, height, gain } = venue.wash;
    // All of one painting in one mesh: each draw costs software GL more than a few pixels.
    for (const kind of new Set(venue.walls.map((surface) => surface.paint))) {
      const painting = paint(kind, fine);
      this.#paintings.set(kind, painting);
      const [w, h] = TILE[kind];
      const lit = kind === "hall" ? 0 : gain;
      const mesh = new THREE.Mesh(
        mergeGeometries(venue.walls.filter((surface) => surface.paint === kind).map(placed)),
        new THREE.ShaderMaterial({
          vertexShader: /* glsl */ `
            attribute vec2 local; attribute vec3 color; varying vec2 vAt; varying float vHigh; varying vec3 vBase;
            void main() {
              vAt = local; vHigh = position.y; vBase = color;
              gl_Position = projectionMatrix * viewMatrix * vec4(position, 1.0);
            }`,
          fragmentShader: /* glsl */ `
            uniform sampler2D painting; uniform vec3 c0, c1, c2; uniform float wash, pulse, bar; varying vec2 vAt; varying float vHigh; varying vec3 vBase;
            void main() {
              float paint = texture2D(painting, vAt / vec2(${glsl(w)}, ${glsl(h)})).r;
              // A lamp at the foot throws a cone that widens and fades upwards; neighbours take turns in colour.
              float cell = vAt.x / ${glsl(every)}, up = max(0.0, vHigh);
              float x = (fract(cell) - 0.5) * ${glsl(every)}, wide = 0.26 + 0.34 * up;
              float aside = 1.0 / (1.0 + x * x / (wide * wide)), fade = 1.0 / (1.0 + up * ${glsl(0.62 / height)});
              float cone = aside * aside * aside * fade * fade;
              float odd = mod(floor(cell) + floor(bar / 4.0), 2.0);
              vec3 lamp = mix(c0, c1, odd) * cone * wash * ${glsl(1.9 * lit)} * (0.86 + 0.14 * pulse);
              float dusk = 0.35 + 0.65 * fade;
              vec3 col = paint * vBase * (c2 * 1.5 + 0.20 * dusk + lamp * 2.0) + lamp * paint * 0.22;
              gl_FragColor = vec4(col, 0.0);
            }`,
          uniforms: { ...uniforms, painting: { value: painting } },
        }),
      );
      mesh.frustumCulled = false;
      this.group.add(mesh);
    }
  }

  dispose(): void {
    for (const painting of this.#paintings.values()) painting.dispose();
  }
}
