/** The fonts of everything that is drawn as text; loaded before the first letter, so no machine shows boxes. */

const ROUNDED = "Nichang Rounded";
const HAN = "Nichang Han";
const FILES: readonly (readonly [family: string, file: string, range: string])[] = [
  // Latin first: the file is small and sets the look of numbers and names.
  [ROUNDED, "m-plus-rounded-1c-latin-800-normal.woff2", "U+0000-02FF, U+2000-206F"],
  [ROUNDED, "m-plus-rounded-1c-japanese-800-normal.woff2", "U+00B7, U+2190-21FF, U+2500-2BFF, U+3000-FFEF"],
  [HAN, "noto-sans-sc-chinese-simplified-800-normal.woff2", "U+00B7, U+2000-206F, U+3000-FFEF"],
];

/** Kana anywhere makes a line Japanese; else Han letters are drawn in Chinese shapes. */
export function fontFor(text: string): string {
  const japanese = /[\u3040-\u30ff]/.test(text);
  const chinese = /[\u3400-\u9fff]/.test(text) && !japanese;
  return chinese ? `"${HAN}", "${ROUNDED}", sans-serif` : `"${ROUNDED}", "${HAN}", sans-serif`;
}

let loading: Promise<string[]> | undefined;

/** Load all; resolves with a line per file that did not load. base: where the page's files lie. */
export function loadFonts(base = "./fonts/"): Promise<string[]> {
  loading ??= Promise.all(
    FILES.map(async ([family, file, range]) => {
      try {
        const face = new FontFace(family, `url(${base}${file})`, { weight: "800", unicodeRange: range });
        document.fonts.add(await face.load());
        return "";
      } catch {
        return `the font ${file} did not load; text falls back to the system's fonts`;
      }
    }),
  ).then((lines) => lines.filter((line) => line !== ""));
  return loading;
}
