/** Reads the part of TOML that our presets use: tables, lists of tables, strings, numbers, booleans, flat lists. */

export type TomlValue = string | number | boolean | TomlValue[];
export interface TomlTable {
  [key: string]: TomlValue | TomlTable | TomlTable[];
}

function value(text: string, line: number): TomlValue {
  if (text.startsWith('"')) return JSON.parse(text) as string;
  if (text.startsWith("[")) {
    const inner = text.slice(1, -1).trim();
    return inner === "" ? [] : inner.split(",").map((part) => value(part.trim(), line));
  }
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text.replaceAll("_", ""));
  if (Number.isNaN(number)) throw new Error(`line ${line}: cannot read the value ${text}`);
  return number;
}

/** Cut a comment off, but not a # inside a string. */
function bare(line: string): string {
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"' && line[i - 1] !== "\\") quoted = !quoted;
    if (line[i] === "#" && !quoted) return line.slice(0, i).trim();
  }
  return line.trim();
}

export function parseToml(text: string): TomlTable {
  const root: TomlTable = {};
  let table = root;
  text.split(/\r?\n/).forEach((raw, i) => {
    const line = bare(raw);
    if (line === "") return;
    const list = /^\[\[(\w+)\]\]$/.exec(line);
    const head = /^\[(\w+)\]$/.exec(line);
    const pair = /^(\w+)\s*=\s*(.+)$/.exec(line);
    if (list) {
      table = {};
      const name = list[1]!;
      const rows = (root[name] ??= []) as TomlTable[];
      rows.push(table);
    } else if (head) {
      table = {};
      root[head[1]!] = table;
    } else if (pair) {
      table[pair[1]!] = value(pair[2]!, i + 1);
    } else {
      throw new Error(`line ${i + 1}: not understood: ${line}`);
    }
  });
  return root;
}
