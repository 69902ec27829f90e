/** Walls of the room: brick, cloth, and the far end of a hall; painted once on a canvas, lit by lamps at their feet. */
import * as THREE from "three";
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

export class Surfaces {
  readonly group = new THREE.Group();
  readonly #paintings = new Map<Surface["paint"], THREE.CanvasTexture>();

  constructor(uniforms: SetUniforms, venue: Venue, fine: boolean) {
    const { every, height, gain } = venue.wash;
    for (const surface of venue.walls) {
      let painting = this.#paintings.get(surface.paint);
      if (!painting) {
        painting = paint(surface.paint, fine);
        this.#paintings.set(surface.paint, painting);
      }
      const [r, g, b] = hexToRgb(surface.tone);
      const [w, h] = TILE[surface.paint];
      const lit = surface.paint === "hall" ? 0 : gain;
      const mesh = new THREE.Mesh(
        new THREE.PlaneGeometry(...surface.size),
        new THREE.ShaderMaterial({
          vertexShader: /* glsl */ `
            varying vec2 vAt; varying float vHigh;
            void main() {
              vAt = position.xy + vec2(${glsl(surface.at[0])} * 0.37, 0.0);
              vec4 place = modelMatrix * vec4(position, 1.0);
              vHigh = place.y;
              gl_Position = projectionMatrix * viewMatrix * place;
            }`,
          fragmentShader: /* glsl */ `
            uniform sampler2D painting; uniform vec3 c0, c1, c2; uniform float wash, pulse, bar; varying vec2 vAt; varying float vHigh;
            void main() {
              float paint = texture2D(painting, vAt / vec2(${glsl(w)}, ${glsl(h)})).r;
              // A lamp at the foot throws a cone that widens and fades upwards; neighbours take turns in colour.
              float cell = vAt.x / ${glsl(every)}, up = max(0.0, vHigh);
              float x = (fract(cell) - 0.5) * ${glsl(every)}, wide = 0.26 + 0.34 * up;
              float aside = 1.0 / (1.0 + x * x / (wide * wide)), fade = 1.0 / (1.0 + up * ${glsl(0.62 / height)});
              float cone = aside * aside * aside * fade * fade;
              float odd = mod(floor(cell) + floor(bar / 4.0), 2.0);
              vec3 lamp = mix(c0, c1, odd) * cone * wash * ${glsl(1.9 * lit)} * (0.86 + 0.14 * pulse);
              vec3 base = vec3(${glsl(r)}, ${glsl(g)}, ${glsl(b)});
              float dusk = 0.35 + 0.65 * fade;
              vec3 col = paint * base * (c2 * 1.5 + 0.20 * dusk + lamp * 2.0) + lamp * paint * 0.22;
              gl_FragColor = vec4(col, 0.0);
            }`,
          uniforms: { ...uniforms, painting: { value: painting } },
        }),
      );
      mesh.position.set(...surface.at);
      mesh.rotation.y = surface.turn;
      this.group.add(mesh);
    }
  }

  dispose(): void {
    for (const painting of this.#paintings.values()) painting.dispose();
  }
}
