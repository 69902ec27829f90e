/**
 * A toon material that a processor without a graphics card can draw: light and rims per corner, two tones per pixel.
 *
 * Everything is in display values (no decode, no encode): painted colours arrive as painted. It takes the place of
 * MToon in `lite`; what expressions and UV animation change on the original material is read from there each frame.
 */
import * as THREE from "three";
import type { MToonMaterial } from "@pixiv/three-vrm";
import type { StageLight } from "./light";
import { keyLift, type Painted, rimLift } from "./readable";

/**
 * What three.js does in `morphtarget_vertex`, for the targets in use only: software GL runs both sides of an `if`, so
 * 38 targets would be read at every corner of a face that moves three of them. A loop that ends is left.
 */
const morph = (sum: string, kind: number): string => /* glsl */ `
  ${sum} *= morphTargetBaseInfluence;
  for (int next = 0; next < MORPHTARGETS_COUNT; next++) {
    while (next < MORPHTARGETS_COUNT && morphTargetInfluences[next] == 0.0) next++;
    if (next >= MORPHTARGETS_COUNT) break;
    ${sum} += getMorph(gl_VertexID, next, ${kind}).xyz * morphTargetInfluences[next];
  }`;

/** Mip levels by which drawn lines and irises are read finer than other paint. */
export const SHARPER = -1.8;

const VERTEX = /* glsl */ `
#include <common>
#include <morphtarget_pars_vertex>
#include <skinning_pars_vertex>
uniform mat3 mapTransform;
uniform vec3 keyDirection, rimDirectionA, rimDirectionB, rimColorA, rimColorB;
uniform float shift, rimShare, rimReach, soft, turned;
varying vec2 vMapUv;
#ifdef RIM
varying vec4 vRim; // rgb: rims, a: how far this corner is turned away, 0..1 over the width of the edge
varying float vTake; // how much of the surface's own light the rims take the place of
#endif
varying float vLit; // 0..1 over the edge between shade and light
void main() {
  #include <beginnormal_vertex>
  #ifdef USE_MORPHNORMALS
  ${morph("objectNormal", 1)}
  #endif
  #include <skinbase_vertex>
  #include <skinnormal_vertex>
  #include <begin_vertex>
  #ifdef USE_MORPHTARGETS
  ${morph("transformed", 0)}
  #endif
  #include <skinning_vertex>
  #include <project_vertex>
  vec3 n = normalize(normalMatrix * objectNormal);
  float facing = dot(n, normalize(-mvPosition.xyz));
  // A back side is seen from behind: light it as the side that is seen.
  float side = facing < turned ? -1.0 : 1.0;
  n *= side;
  #ifdef RIM
    vec3 rims = rimColorA * smoothstep(0.1, 0.75, dot(n, rimDirectionA)) + rimColorB * smoothstep(0.1, 0.75, dot(n, rimDirectionB));
    // A rim takes the place of the surface's light: added up, white cloth and skin would burn out.
    float height = max(rims.r, max(rims.g, rims.b)) * rimShare, share = min(1.0, height) / max(height, 0.001);
    vRim = vec4(rims * (rimShare * share * 0.95), (0.42 + rimReach - facing * side) / 0.36);
    vTake = max(height * share * 0.9, 0.2 * rimShare);
  #endif
  vLit = 0.5 + 0.5 * (dot(n, keyDirection) + shift) / soft;
  vMapUv = (mapTransform * vec3(uv, 1.0)).xy;
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D map;
uniform vec4 lit;
uniform vec3 shade, glow;
uniform float cut, soft;
#ifdef GLOW_MAP
uniform sampler2D glowMap;
#endif
varying vec2 vMapUv;
#ifdef RIM
varying vec4 vRim;
varying float vTake;
#endif
varying float vLit;
void main() {
  #ifdef SHARP
    // Lines and irises have soft edges of their own; blurred by a whole pixel more they would be smudges.
    vec4 base = texture2D(map, vMapUv, ${SHARPER.toFixed(2)});
  #else
    vec4 base = texture2D(map, vMapUv);
  #endif
  base.a *= lit.a;
  #ifdef CUT
    // Not where nothing is cut out: with a discard in it, software GL shades what is hidden, too.
    if (base.a < cut) discard;
  #endif
  // Small triangles are shaded in blocks of pixels that they fill by a part only: each operation here counts twice.
  float light = clamp(vLit, 0.0, 1.0);
  vec3 tone = mix(shade, lit.rgb, light * light * (3.0 - 2.0 * light));
  #ifdef FORM
    // Nothing is painted on it: two flat tones would leave a paper cut-out.
    tone *= 1.0 - FORM * (1.0 - smoothstep(-0.1, 1.0, (2.0 * vLit - 1.0) * soft));
  #endif
  #ifdef SOLID
    base.a = 1.0;
  #endif
  vec3 color = base.rgb * tone;
  // Light adds up as energy: display values are near enough to its square root.
  #ifdef GLOW_MAP
    vec3 shine = texture2D(glowMap, vMapUv).rgb;
    color = sqrt(color * color + glow * shine * shine);
  #elif defined(GLOW)
    color = sqrt(color * color + glow);
  #endif
  #ifdef RIM
    // The edge is found per pixel: on a model of few corners it would else wash over whole cheeks.
    float edge = clamp(vRim.a, 0.0, 1.0);
    edge *= edge * (3.0 - 2.0 * edge);
    color += (vRim.rgb - color * vTake) * edge;
  #endif
  gl_FragColor = vec4(color, base.a);
}`;

export type Part = "skin" | "hair" | "cloth" | "eyes" | "plain";

/** Guess from the names what a material paints; hair and skin take less of the room's colour, eyes none. */
export function partOf(name: string): Part {
  const lower = name.toLowerCase();
  if (/eye|iris|pupil|brow|lash|mouth|teeth|tongue|目|瞳|眉|口|睫/.test(lower)) return "eyes";
  if (/face|skin|body_?skin|head(?!phone|set|gear)|顔|肌/.test(lower)) return "skin";
  if (/hair(?!band|pin|clip|_?acc)|fringe|bangs|髪|发/.test(lower)) return "hair";
  return "cloth";
}

/** How much of the room's colour is in the shade, and how dark the shade is. */
const SHADE: Record<Part, { mix: number; dark: number; rim: number }> = {
  skin: { mix: 0.4, dark: 1, rim: 0.62 },
  // Hair keeps its hue: navy or brown shade lies over it like a fault of the texture.
  hair: { mix: 0.4, dark: 0.92, rim: 0.8 },
  cloth: { mix: 0.66, dark: 0.8, rim: 1.1 },
  eyes: { mix: 0, dark: 1, rim: 0 },
  // Unlit by its author: a little form, or a white figure would be a hole in the picture.
  plain: { mix: 0.3, dark: 0.9, rim: 0.5 },
};

/** Shade of skin, of its lit colour: it turns red, whatever the model and the room say, or it reads as dirt. */
const BLUSH = [0.9, 0.73, 0.74] as const;
/** Half the width of the edge of a shadow on skin: firm enough to be one, with no cut line over the cheek. */
const SKIN_SOFT = 0.3;
/** The same at least, on hair and cloth: strands and feathers turn too fast for a cut edge. */
const LEAST_SOFT: Partial<Record<Part, number>> = { hair: 0.3, cloth: 0.22 };
/** Where it lies: below 0 the shade takes more than what is turned away. */
const SKIN_SHIFT = 0;

/**
 * A corner that looks away further than this (cosine) is lit as the back side that is seen. Of a surface that has but
 * its front none is: corners just beyond the outline look away, and turned around they would break the rim into dots.
 */
const TURNED = { both: -0.12, front: -2 } as const;

const WHITE = new THREE.Color(1, 1, 1);
const BLACK = new THREE.Color(0, 0, 0);
let whitePixel: THREE.DataTexture | undefined;

function white(): THREE.DataTexture {
  if (!whitePixel) {
    whitePixel = new THREE.DataTexture(new Uint8Array([255, 255, 255, 255]), 1, 1);
    whitePixel.needsUpdate = true;
  }
  return whitePixel;
}

/** Linear light to a display value; near enough to sRGB, and cheap. */
const show = (linear: number): number => (linear <= 0 ? 0 : linear ** (1 / 2.2));

/** The same picture, read as it was painted. */
function asPainted(texture: THREE.Texture | null): THREE.Texture {
  if (!texture) return white();
  const copy = texture.clone();
  copy.colorSpace = THREE.NoColorSpace;
  copy.minFilter = THREE.LinearMipmapNearestFilter;
  copy.anisotropy = 1;
  return copy;
}

/** What the shaders take, for whoever paints with the same tones without them. */
export interface LeanUniforms {
  readonly map: THREE.Texture;
  readonly glowMap: THREE.Texture | null;
  readonly mapTransform: THREE.Matrix3;
  readonly lit: THREE.Vector4;
  readonly shade: THREE.Color;
  readonly glow: THREE.Color;
  readonly cut: number;
  readonly soft: number;
  readonly shift: number;
  readonly turned: number;
  readonly rimShare: number;
  readonly rimReach: number;
  readonly keyDirection: THREE.Vector3;
  readonly rimDirectionA: THREE.Vector3;
  readonly rimDirectionB: THREE.Vector3;
  readonly rimColorA: THREE.Color;
  readonly rimColorB: THREE.Color;
}

/** Their values at this moment. */
export function leanUniforms({ uniforms }: LeanMaterial): LeanUniforms {
  return Object.fromEntries(Object.entries(uniforms).map(([name, { value }]) => [name, value])) as unknown as LeanUniforms;
}

export interface LeanMaterial extends THREE.ShaderMaterial {
  readonly isLean: true;
  /** Take over what expressions changed on the original, and the colours of the room. */
  follow(light: StageLight): void;
}

/** Brightest that a surface is lit: what a lens leaves for edges and rims above it. */
const CEILING = 0.945;
/** The same for skin and hair: their painted colours are below white as it is, and dimmed they would be beige. */
const PAINTED_CEILING = 0.99;
/** How far light falls off over such a surface, before the shade begins. */
const FORM = 0.2;

/**
 * Share of a surface's light that a lens would let in, so that nothing but small lamps burns out.
 *
 * lit: display values; glow: own light, linear. ceiling: the brightest channel that may come out.
 */
export function exposure(lit: ArrayLike<number>, glow: ArrayLike<number>, ceiling: number): number {
  let top = 0;
  for (let i = 0; i < 3; i++) top = Math.max(top, Math.sqrt(lit[i]! ** 2 + glow[i]!));
  return Math.min(1, ceiling / Math.max(top, 1e-6));
}

/** Half the width of the edge between light and shade, in the light's own measure. toony: MToon's factor, 0..1. */
export function softness(toony: number | undefined): number {
  return Math.min(0.5, Math.max(0.04, 0.7 * (1 - (toony ?? 0.9))));
}

type Foreign = THREE.Material & {
  color?: THREE.Color;
  map?: THREE.Texture | null;
  emissive?: THREE.Color;
  emissiveMap?: THREE.Texture | null;
  emissiveIntensity?: number;
  isMToonMaterial?: boolean;
};

/** A lean twin of any material that a VRM may bring. painted: how bright its paint is where it lies. */
export function leanMaterial(from: Foreign, hint: string, light: StageLight, painted?: Painted): LeanMaterial {
  const mtoon = from.isMToonMaterial ? (from as unknown as MToonMaterial) : undefined;
  const unlit = from.type === "MeshBasicMaterial";
  const part: Part = unlit ? "plain" : partOf(`${from.name} ${hint}`);
  const { mix, dark, rim: rimOfPart } = SHADE[part];
  const rim = rimOfPart * (painted ? rimLift(painted) : 1);
  /** Of the light on a face that is painted dark. */
  const lift = painted && part === "skin" ? keyLift(painted) : 1;
  const color = from.color ?? WHITE;
  const shadeColor = mtoon?.shadeColorFactor;
  const emissive = from.emissive ?? BLACK;
  /** Darkness of the shade where the model names none. */
  const flat = unlit ? 0.86 : 0.75;
  const transparent = from.transparent;
  const bare = !from.map;
  const defines: Record<string, string> = transparent || from.alphaTest > 0 ? {} : { SOLID: "" };
  if ((bare || unlit) && part !== "eyes") defines["FORM"] = FORM.toFixed(2);
  if (from.emissiveMap) defines["GLOW_MAP"] = "";
  const cut = from.alphaTest > 0 ? from.alphaTest : transparent ? 0.004 : 0;
  if (cut > 0) defines["CUT"] = "";
  if (rim > 0) defines["RIM"] = "";
  if (part === "eyes") defines["SHARP"] = "";
  const material = new THREE.ShaderMaterial({
    name: `lean ${from.name}`,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    defines,
    side: from.side,
    transparent,
    depthWrite: from.depthWrite,
    depthTest: from.depthTest,
    uniforms: {
      map: { value: asPainted(from.map ?? null) },
      mapTransform: { value: new THREE.Matrix3() },
      lit: { value: new THREE.Vector4(1, 1, 1, 1) },
      shade: { value: new THREE.Color() },
      glow: { value: new THREE.Color() },
      glowMap: { value: from.emissiveMap ? asPainted(from.emissiveMap) : null },
      cut: { value: cut },
      // MToon's shift moves the edge of the shade; our light comes more from the front, so half of it is enough.
      shift: { value: part === "eyes" ? 2 : part === "skin" ? SKIN_SHIFT : (part === "hair" ? 0.14 : 0.04) + (mtoon ? 0.5 * mtoon.shadingShiftFactor : 0) },
      turned: { value: from.side === THREE.FrontSide ? TURNED.front : TURNED.both },
      rimShare: { value: rim },
      rimReach: part === "hair" ? light.hairReach : light.rimReach,
      soft: { value: part === "skin" ? SKIN_SOFT : Math.max(LEAST_SOFT[part] ?? 0, softness(mtoon?.shadingToonyFactor)) },
      keyDirection: { value: part === "skin" ? light.skinDirection : light.keyDirection },
      rimDirectionA: { value: light.rimDirectionA },
      rimDirectionB: { value: light.rimDirectionB },
      rimColorA: { value: light.rimColorA },
      rimColorB: { value: light.rimColorB },
    },
  }) as unknown as LeanMaterial;
  Object.assign(material, { isLean: true });
  const uniforms = material.uniforms;
  const light3 = [0, 0, 0];
  const glow3: [number, number, number] = [0, 0, 0];
  material.follow = (now) => {
    const lit = uniforms["lit"]!.value as THREE.Vector4;
    const shade = uniforms["shade"]!.value as THREE.Color;
    const r = show(color.r);
    const g = show(color.g);
    const b = show(color.b);
    const key = part === "skin" || part === "eyes" ? now.skin : now.key;
    lit.set(r * key.r, g * key.g, b * key.b, from.opacity);
    if (part === "eyes") {
      shade.setRGB(lit.x, lit.y, lit.z);
    } else if (part === "skin") {
      const { r: tr, g: tg, b: tb } = now.shadeTint;
      const red = 1 + mix * (tr - 1);
      // Beside its red the shade keeps its other two: yellow light would make leather of it, green light a bruise.
      shade.setRGB(
        lit.x * BLUSH[0] * red,
        lit.y * BLUSH[1] * Math.min(1.12 * red, Math.max(0.88 * red, 1 + mix * (tg - 1))),
        lit.z * BLUSH[2] * Math.min(1.12 * red, Math.max(0.92 * red, 1 + mix * (tb - 1))),
      );
    } else {
      // A shade colour that is nearly the lit one would lose the form; one that is black would lose the person.
      const sr = shadeColor ? Math.min(Math.max(show(shadeColor.r), 0.5 * r), 0.97 * r) : flat * r;
      const sg = shadeColor ? Math.min(Math.max(show(shadeColor.g), 0.5 * g), 0.95 * g) : (flat - 0.03) * g;
      const sb = shadeColor ? Math.min(Math.max(show(shadeColor.b), 0.5 * b), 0.97 * b) : flat * b;
      const tint = now.shadeTint;
      const level = dark * now.shadeLevel;
      shade.setRGB(
        sr * level * (1 + mix * (tint.r - 1)),
        sg * level * (1 + mix * (tint.g - 1)),
        sb * level * (1 + mix * (tint.b - 1)),
      );
    }
    const glow = uniforms["glow"]!.value as THREE.Color;
    glow.copy(emissive).multiplyScalar(from.emissiveIntensity ?? 1);
    // Most things never shine by themselves, and an expression that makes one shine is rare.
    if (defines["GLOW"] === undefined && glow.r + glow.g + glow.b > 0) {
      defines["GLOW"] = "";
      material.needsUpdate = true;
    }
    if (!from.emissiveMap && part !== "eyes") {
      light3[0] = lit.x;
      light3[1] = lit.y;
      light3[2] = lit.z;
      const share = exposure(light3, glow.toArray(glow3), part === "skin" || part === "hair" ? PAINTED_CEILING : CEILING);
      lit.set(lit.x * share, lit.y * share, lit.z * share, lit.w);
      shade.multiplyScalar(share);
      glow.multiplyScalar(share * share);
    }
    if (lift > 1) {
      lit.set(lit.x * lift, lit.y * lift, lit.z * lift, lit.w);
      shade.multiplyScalar(lift);
    }
    const transform = uniforms["mapTransform"]!.value as THREE.Matrix3;
    if (from.map) {
      if (from.map.matrixAutoUpdate) from.map.updateMatrix();
      transform.copy(from.map.matrix);
    }
    if (mtoon) {
      const x = (mtoon.uniforms["uvAnimationScrollXOffset"]?.value as number | undefined) ?? 0;
      const y = (mtoon.uniforms["uvAnimationScrollYOffset"]?.value as number | undefined) ?? 0;
      if (x !== 0 || y !== 0) {
        transform.elements[6]! += x;
        transform.elements[7]! += y;
      }
    }
  };
  return material;
}
