/** MToon and its like for `full`: they write display values into any target, and take our rims. */
import * as THREE from "three";
import type { MToonMaterial } from "@pixiv/three-vrm";
import { partOf } from "./lean";
import type { StageLight } from "./light";

/** Own rim term of MToon, for which ours stands in; it has no direction. */
const MTOON_RIM = "col += rimMix * rim;";
const RIM_UNIFORMS =
  "uniform vec3 rimDirectionA, rimDirectionB, rimColorA, rimColorB; uniform float rimShare, keyLift;\nvoid main() {";
const OUR_RIM = /* glsl */ `
  {
    col *= keyLift;
    float edge = smoothstep(0.42, 0.78, 1.0 - abs(dot(normal, normalize(vViewPosition)))) * rimShare;
    vec3 rims = rimColorA * smoothstep(0.0, 0.55, dot(normal, rimDirectionA)) + rimColorB * smoothstep(0.0, 0.55, dot(normal, rimDirectionB));
    rims *= rims;
    float height = max(rims.r, max(rims.g, rims.b));
    // A rim takes the place of the surface's light, and nothing of her is burnt out: 0.87 is 0.94 as painted.
    col = mix(col, rims / max(1.0, height), edge * max(0.25, min(0.85, height))) + rimMix * rim * 0.4;
    col = min(col, vec3(0.87));
  }`;

/** As painted in lean.ts: a soft, small, red shade on skin. */
const SKIN = { toony: 0.4, shift: 0.2, shade: [0.91, 0.64, 0.61] } as const;

function softenSkin(material: THREE.Material): void {
  const skin = material as unknown as MToonMaterial;
  if (!skin.isMToonMaterial) return;
  skin.shadingToonyFactor = Math.min(skin.shadingToonyFactor, SKIN.toony);
  skin.shadingShiftFactor = Math.max(skin.shadingShiftFactor, SKIN.shift);
  const { r, g, b } = skin.color;
  skin.shadeColorFactor.setRGB(r * SKIN.shade[0], g * SKIN.shade[1], b * SKIN.shade[2]);
}

/** Let a performer's material take away the bloom of what it covers, in the alpha of the picture; or be usual again. */
export function maskBloom(material: THREE.Material, on: boolean): void {
  material.blending = on ? THREE.CustomBlending : THREE.NormalBlending;
  material.blendSrc = THREE.SrcAlphaFactor;
  material.blendDst = THREE.OneMinusSrcAlphaFactor;
  material.blendSrcAlpha = on ? THREE.ZeroFactor : null;
  material.blendDstAlpha = on ? THREE.OneMinusSrcAlphaFactor : null;
}

/** Wrap a material's shader so that it fits our pipeline. Idempotent. keyLift: of its light, as `readable.ts` says. */
export function fitMaterial(material: THREE.Material, light: StageLight, rimShare: number, keyLift = 1): void {
  if (material.userData["fitted"]) return;
  material.userData["fitted"] = true;
  material.toneMapped = false;
  if (partOf(material.name) === "skin") softenSkin(material);
  // Alpha of the picture says what blooms: nothing of a performer does, and she covers what does behind her.
  const solid = !material.transparent;
  if (light.masksBloom) maskBloom(material, true);
  const earlier = material.onBeforeCompile.bind(material);
  material.onBeforeCompile = (shader, renderer) => {
    earlier(shader, renderer);
    // Targets hold display values; three would leave them linear there.
    let text = shader.fragmentShader.replace(
      "#include <colorspace_fragment>",
      `gl_FragColor = sRGBTransferOETF(gl_FragColor);${solid && light.masksBloom ? " gl_FragColor.a = 1.0;" : ""}`,
    );
    if (text.includes(MTOON_RIM)) {
      shader.uniforms["rimDirectionA"] = { value: light.rimDirectionA };
      shader.uniforms["rimDirectionB"] = { value: light.rimDirectionB };
      shader.uniforms["rimColorA"] = { value: light.rimColorA };
      shader.uniforms["rimColorB"] = { value: light.rimColorB };
      shader.uniforms["rimShare"] = { value: rimShare };
      // Display values to linear light.
      shader.uniforms["keyLift"] = { value: keyLift ** 2.2 };
      text = text.replace(/void main\(\)\s*\{/, RIM_UNIFORMS).replace(MTOON_RIM, OUR_RIM);
    }
    shader.fragmentShader = text;
  };
  const key = material.customProgramCacheKey.bind(material);
  material.customProgramCacheKey = () => `${key()} stage`;
}
