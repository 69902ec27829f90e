/** The fonts of everything that is drawn as text; loaded before the first letter, so no machine shows boxes. */

const ROUNDED = "Nichang Rounded";
const HAN = "Nichang Han";
const SONG = "Nichang Song";
const FILES: readonly (readonly [family: string, weight: string, file: string, range: string])[] = [
  // Latin first: the file is small and sets the look of numbers and names.
  [ROUNDED, "800", "m-plus-rounded-1c-latin-800-normal.woff2", "U+0000-02FF, U+2000-206F"],
  [ROUNDED, "500", "m-plus-rounded-1c-latin-500-normal.woff2", "U+0000-02FF, U+2000-206F"],
  [ROUNDED, "800", "m-plus-rounded-1c-japanese-800-normal.woff2", "U+2190-21FF, U+2500-2BFF, U+3000-FFEF"],
  [HAN, "800", "noto-sans-sc-chinese-simplified-800-normal.woff2", "U+2000-206F, U+3000-FFEF"],
  [SONG, "700", "noto-serif-sc-latin-700-normal.woff2", "U+0000-02FF, U+2010-206F"],
  [SONG, "700", "noto-serif-sc-chinese-simplified-700-normal.woff2", "U+2014, U+2026, U+3000-FFEF"],
];

const isJapanese = (text: string): boolean => /[\u3040-\u30ff]/.test(text);
const isHan = (text: string): boolean => /[\u3400-\u9fff]/.test(text);

/** Kana anywhere makes a line Japanese; else Han letters are drawn in Chinese shapes. */
export function fontFor(text: string): string {
  const chinese = isHan(text) && !isJapanese(text);
  return chinese ? `"${HAN}", "${ROUNDED}", sans-serif` : `"${ROUNDED}", "${HAN}", sans-serif`;
}

/** For large lines that are looked at, not read: titles. */
export function titleFontFor(text: string): string {
  return `"${SONG}", ${fontFor(text)}`;
}

/** Letters that need no more room between them than a heavy cut gives; dense ones breathe a little. In ems. */
export function trackingFor(text: string): number {
  return isHan(text) || isJapanese(text) ? 0.06 : 0.015;
}

let loading: Promise<string[]> | undefined;

/** Load all; resolves with a line per file that did not load. base: where the page's files lie. */
export function loadFonts(base = "./fonts/"): Promise<string[]> {
  loading ??= Promise.all(
    FILES.map(async ([family, weight, file, range]) => {
      try {
        const face = new FontFace(family, `url(${base}${file})`, { weight, unicodeRange: range });
        document.fonts.add(await face.load());
        return "";
      } catch {
        return `the font ${file} did not load; text falls back to the system's fonts`;
      }
    }),
  ).then((lines) => lines.filter((line) => line !== ""));
  return loading;
}
