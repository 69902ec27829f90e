/** A painted quad of the overlay: a canvas as a texture, premultiplied, so soft edges stay clean over anything. */
import * as THREE from "three";

const VERTEX =
  "varying vec2 vUv; void main() { vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }";
/** The picture as it was painted. */
export const PLAIN = "void main() { gl_FragColor = texture2D(ink, vUv) * alpha; }";

export class Plate {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  readonly canvas = document.createElement("canvas");
  #texture: THREE.CanvasTexture;

  constructor(fragment: string = PLAIN, uniforms: Record<string, THREE.IUniform> = {}) {
    this.#texture = this.#fresh();
    this.mesh = new THREE.Mesh(
      new THREE.PlaneGeometry(1, 1),
      new THREE.ShaderMaterial({
        vertexShader: VERTEX,
        fragmentShader: `uniform sampler2D ink; uniform float alpha; varying vec2 vUv; ${fragment}`,
        uniforms: { ink: { value: this.#texture }, alpha: { value: 1 }, ...uniforms },
        transparent: true,
        depthTest: false,
        depthWrite: false,
        blending: THREE.CustomBlending,
        blendSrc: THREE.OneFactor,
        blendDst: THREE.OneMinusSrcAlphaFactor,
        blendSrcAlpha: THREE.OneFactor,
        blendDstAlpha: THREE.OneMinusSrcAlphaFactor,
      }),
    );
    this.mesh.visible = false;
    this.mesh.frustumCulled = false;
  }

  #fresh(): THREE.CanvasTexture {
    const texture = new THREE.CanvasTexture(this.canvas);
    texture.colorSpace = THREE.NoColorSpace;
    texture.premultiplyAlpha = true;
    texture.generateMipmaps = false;
    // Plates stand on whole pixels, one of theirs on one of the picture's: nothing is between to be mixed.
    texture.minFilter = texture.magFilter = THREE.NearestFilter;
    return texture;
  }

  /** Paint anew at a size in pixels. */
  paint(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): void {
    this.canvas.width = Math.max(2, Math.ceil(width));
    this.canvas.height = Math.max(2, Math.ceil(height));
    draw(this.canvas.getContext("2d")!);
    // A texture's size is fixed once it is on the card.
    this.#texture.dispose();
    this.#texture = this.#fresh();
    this.mesh.material.uniforms["ink"]!.value = this.#texture;
    this.mesh.scale.set(this.canvas.width, this.canvas.height, 1);
  }

  /** Left and top edge in pixels from the picture's left and top. */
  place(left: number, top: number, pictureHeight: number): void {
    this.mesh.position.set(
      Math.round(left) + this.canvas.width / 2,
      pictureHeight - Math.round(top) - this.canvas.height / 2,
      0,
    );
  }

  set alpha(value: number) {
    this.mesh.material.uniforms["alpha"]!.value = value;
    this.mesh.visible = value > 0.004;
  }

  dispose(): void {
    this.#texture.dispose();
    this.mesh.material.dispose();
    this.mesh.geometry.dispose();
  }
}

/** Size of the picture, in pixels; `unit` is one pixel of a picture whose shorter side has 720. */
export interface Page {
  width: number;
  height: number;
  unit: number;
}

/** Where letters stand: a font, its weight, and room between letters in ems. */
export interface Type {
  readonly font: string;
  readonly weight: number;
  readonly tracking: number;
}

/** Set a canvas to write `type` at `size` pixels. */
export function setType(c: CanvasRenderingContext2D, type: Type, size: number): void {
  c.font = `${type.weight} ${size}px ${type.font}`;
  c.letterSpacing = `${type.tracking * size}px`;
}

const ruler = { context: null as CanvasRenderingContext2D | null };

function measure(text: string, type: Type): TextMetrics {
  ruler.context ??= document.createElement("canvas").getContext("2d")!;
  setType(ruler.context, type, 100);
  return ruler.context.measureText(text);
}

/** Width of a text at size 1. */
export const textWidth = (text: string, type: Type): number => measure(text, type).width / 100;

/** How far the ink of a text reaches above and below its line, at size 1. */
export function textReach(text: string, type: Type): { above: number; below: number } {
  const { actualBoundingBoxAscent, actualBoundingBoxDescent } = measure(text, type);
  return { above: actualBoundingBoxAscent / 100, below: actualBoundingBoxDescent / 100 };
}
