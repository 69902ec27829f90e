/** How much memory the textures of a picture take, for tests and for the curious: an estimate from their sizes. */
import * as THREE from "three";

interface Sized {
  width?: number;
  height?: number;
}

const BYTES = 4;

function bytesOf(texture: THREE.Texture): number {
  const { width = 0, height = 0 } = (texture.image ?? {}) as Sized;
  const smaller = texture.generateMipmaps || (texture.mipmaps?.length ?? 0) > 0 ? 4 / 3 : 1;
  const wide = texture.type === THREE.FloatType ? 4 : texture.type === THREE.HalfFloatType ? 2 : 1;
  const { depth = 1 } = (texture.image ?? {}) as { depth?: number };
  return width * height * depth * BYTES * wide * smaller;
}

function collect(value: unknown, into: Set<THREE.Texture>): void {
  if ((value as THREE.Texture | null)?.isTexture) into.add(value as THREE.Texture);
  else if (Array.isArray(value)) for (const one of value) collect(one, into);
}

/** Textures that the materials below `root` read, into a set, so that one that is shared counts once. */
export function texturesOf(root: THREE.Object3D, into: Set<THREE.Texture>): void {
  root.traverse((node) => {
    if (!(node as THREE.Mesh).isMesh) return;
    const { material, skeleton } = node as THREE.Mesh & Partial<THREE.SkinnedMesh>;
    if (skeleton?.boneTexture) into.add(skeleton.boneTexture);
    for (const one of Array.isArray(material) ? material : [material]) {
      for (const value of Object.values(one)) collect(value, into);
      const { uniforms } = one as THREE.ShaderMaterial;
      for (const uniform of Object.values(uniforms ?? {})) collect(uniform.value, into);
    }
  });
}

/** Bytes of the textures and of what lies beside them in `targets`: depth, and samples of hardware anti-aliasing. */
export function textureBytes(textures: ReadonlySet<THREE.Texture>, targets: readonly THREE.WebGLRenderTarget[]): number {
  let sum = 0;
  for (const texture of textures) sum += bytesOf(texture);
  for (const { width, height, samples, depthBuffer, texture } of targets) {
    if (!textures.has(texture)) sum += bytesOf(texture);
    const layers = (samples > 0 ? samples : 0) + (depthBuffer ? Math.max(1, samples) : 0);
    sum += width * height * BYTES * layers;
  }
  return sum;
}
