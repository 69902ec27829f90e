/** From an address to a VRM, or to one line that a person understands. */
import { type VRM, VRMLoaderPlugin, VRMMetaLoaderPlugin } from "@pixiv/three-vrm";
import { type GLTF, GLTFLoader, type GLTFLoaderPlugin, type GLTFParser } from "three/examples/jsm/loaders/GLTFLoader.js";

export interface LoadedVrm {
  readonly gltf: GLTF;
  readonly vrm: VRM;
  readonly warnings: readonly string[];
}

interface VrmJson {
  extensions?: { VRMC_vrm?: { meta?: { licenseUrl?: string } } };
}

/** Stands in for the part that reads springs, where a file's springs cannot be read. */
const noSprings = (name: string): GLTFLoaderPlugin => ({ name, afterRoot: async () => undefined });

async function parse(bytes: ArrayBuffer, springs: boolean): Promise<GLTF> {
  const loader = new GLTFLoader();
  loader.register((parser: GLTFParser) => {
    // Which licence a model has is the business of `nichang avatar check`; the picture does not refuse any.
    const url = (parser.json as VrmJson).extensions?.VRMC_vrm?.meta?.licenseUrl;
    const metaPlugin = new VRMMetaLoaderPlugin(parser, {
      needThumbnailImage: false,
      acceptLicenseUrls: ["https://vrm.dev/licenses/1.0/", ...(typeof url === "string" ? [url] : [])],
      acceptV0Meta: true,
    });
    const options = springs ? { metaPlugin } : { metaPlugin, springBonePlugin: noSprings("VRMC_springBone") as never };
    return new VRMLoaderPlugin(parser, options);
  });
  return await loader.parseAsync(bytes, "");
}

/** What went wrong, in words; what the loader said stands behind it only where it tells more. */
export function explain(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]!.trim();
  const bones = /required but not exist: (.*)/.exec(text);
  if (bones) return `it lacks bones that VRM requires: ${shorten(bones[1]!)}`;
  if (/JSON/.test(text)) return "its inside is not readable; it may be another kind of file";
  if (/typed array|out of bounds|outside the bounds|offset/i.test(text)) return "the file is cut off or damaged";
  if (/undefined|null|not a function|not iterable/.test(text)) return "the file names parts that it does not have";
  return shorten(text);
}

const shorten = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

/**
 * Fetch and read a model.
 *
 * Raises an Error whose message says why not, without a full stop.
 */
export async function loadVrm(url: string): Promise<LoadedVrm> {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => undefined);
  if (!answer) throw new Error("the server does not answer");
  if (!answer.ok) throw new Error(`the server does not give it out (${answer.status})`);
  const bytes = await answer.arrayBuffer();
  const warnings: string[] = [];
  let gltf: GLTF;
  try {
    gltf = await parse(bytes, true);
  } catch (first) {
    try {
      gltf = await parse(bytes, false);
      warnings.push("its springs cannot be read: hair and cloth stay stiff");
    } catch {
      throw new Error(explain(first));
    }
  }
  const vrm = gltf.userData["vrm"] as VRM | undefined;
  if (!vrm) throw new Error("it is a glTF file, but not a VRM avatar");
  return { gltf, vrm, warnings };
}
