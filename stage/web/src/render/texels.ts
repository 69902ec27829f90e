/** Pictures that a surface is painted with, read back from where GL keeps them: its own mip levels, to the bit. */
import * as THREE from "three";

/** One mip level; both sides are powers of two where it repeats. */
export interface Texels {
  readonly width: number;
  readonly height: number;
  /** R in the lowest byte; the row that GL calls the first comes first. */
  readonly data: Uint32Array;
}

export interface Painting {
  /** Finest first. */
  readonly levels: readonly Texels[];
  readonly repeats: boolean;
}

const powerOfTwo = (size: number): boolean => (size & (size - 1)) === 0;

/** Where paint is kept. */
export interface Store {
  /** Room for as many bytes; null if there is none left. */
  room(bytes: number): ArrayBuffer | null;
  /** Take it; where it begins. */
  take(bytes: number): number;
}

/** Wait for the GPU and read a texture; null for one that is wrapped or kept in a way which is not known here. */
export function readPainting(renderer: THREE.WebGLRenderer, texture: THREE.Texture, store: Store): Painting | null {
  const image = texture.image as { width?: number; height?: number } | null;
  const { width = 0, height = 0 } = image ?? {};
  const repeats = texture.wrapS === THREE.RepeatWrapping && texture.wrapT === THREE.RepeatWrapping;
  const clamps = texture.wrapS === THREE.ClampToEdgeWrapping && texture.wrapT === THREE.ClampToEdgeWrapping;
  if (width < 1 || height < 1 || !(clamps || (repeats && powerOfTwo(width) && powerOfTwo(height)))) return null;
  if ((texture as { isCompressedTexture?: boolean }).isCompressedTexture) return null;
  const gl = renderer.getContext() as WebGL2RenderingContext;
  renderer.initTexture(texture);
  const { __webglTexture: kept } = renderer.properties.get(texture) as { __webglTexture?: WebGLTexture };
  if (!kept) return null;
  const mips = texture.generateMipmaps && texture.minFilter !== THREE.LinearFilter && texture.minFilter !== THREE.NearestFilter;
  const count = mips ? 1 + Math.floor(Math.log2(Math.max(width, height))) : 1;
  const levels: Texels[] = [];
  const framebuffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  for (let level = 0; level < count; level++) {
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, kept, level);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) break;
    const size = { width: Math.max(1, width >> level), height: Math.max(1, height >> level) };
    const texels = size.width * size.height;
    const room = store.room(4 * texels);
    if (!room) break;
    const begin = store.take(4 * texels);
    gl.readPixels(0, 0, size.width, size.height, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(room, begin, 4 * texels));
    levels.push({ ...size, data: new Uint32Array(room, begin, texels) });
  }
  gl.deleteFramebuffer(framebuffer);
  renderer.resetState();
  return levels.length === count ? { levels, repeats } : null;
}
