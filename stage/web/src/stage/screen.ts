/** A quad that covers the picture, and the camera for it. */
import * as THREE from "three";

export type ScreenMesh = THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;

/** Corners are places on the screen already; which camera draws them does not matter. */
export const SCREEN_CAMERA = new THREE.Camera();

/** depth: 0 in front of everything, 1 behind everything. extra: settings of the material. */
export function screenMesh(
  fragmentShader: string,
  uniforms: Record<string, THREE.IUniform>,
  depth: 0 | 1 = 0,
  extra: THREE.ShaderMaterialParameters = {},
): ScreenMesh {
  const mesh = new THREE.Mesh(
    new THREE.PlaneGeometry(2, 2),
    new THREE.ShaderMaterial({
      vertexShader: `varying vec2 vUv; void main() { vUv = uv; gl_Position = vec4(position.xy, ${depth}.0, 1.0); }`,
      fragmentShader,
      uniforms,
      depthTest: depth === 1,
      depthWrite: false,
      ...extra,
    }),
  );
  mesh.frustumCulled = false;
  return mesh;
}
