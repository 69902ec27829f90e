/**
 * A few words of WebAssembly, written down by a program: no tool and no binary in the repository, and sizes that are
 * known only at run time become constants. Knows instructions and the shape of a module; not what is computed.
 */

/** Instructions, as bytes. */
export type Code = readonly number[];

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value >>> 0; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    if (rest === 0) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const I32 = 0x7f;
const F32 = 0x7d;
const F64 = 0x7c;
const V128 = 0x7b;

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const int = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const sub = (a: Code, b: Code): Code => [...a, ...b, 0x6b];
export const and = (a: Code, b: Code): Code => [...a, ...b, 0x71];
export const orInt = (a: Code, b: Code): Code => [...a, ...b, 0x72];
export const left = (a: Code, bits: Code): Code => [...a, ...bits, 0x74];
/** Keeps the sign. */
export const right = (a: Code, bits: number): Code => [...a, ...int(bits), 0x75];
/** The lower of two signed numbers, the higher. */
export const least = (a: Code, b: Code): Code => [...a, ...b, ...a, ...b, 0x48, 0x1b];
export const most = (a: Code, b: Code): Code => [...a, ...b, ...a, ...b, 0x4a, 0x1b];
export const store32 = (at: Code, value: Code): Code => [...at, ...value, 0x36, 2, 0];
/** Floats of 32 bits. */
export const loadFloat = (at: Code): Code => [...at, 0x2a, 2, 0];
export const storeFloat = (at: Code, value: Code): Code => [...at, ...value, 0x38, 2, 0];
export const addFloat = (a: Code, b: Code): Code => [...a, ...b, 0x92];
export const notBelowFloat = (a: Code, b: Code): Code => [...a, ...b, 0x60];
export const aboveFloat = (a: Code, b: Code): Code => [...a, ...b, 0x5e];
export const subFloat = (a: Code, b: Code): Code => [...a, ...b, 0x93];
export const mulFloat = (a: Code, b: Code): Code => [...a, ...b, 0x94];
export const leastFloat = (a: Code, b: Code): Code => [...a, ...b, 0x96];
export const float = (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
/** Floats of 64 bits. */
export const loadDouble = (at: Code, offset = 0): Code => [...at, 0x2b, 3, ...unsigned(offset)];
export const double = (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)];
export const addDouble = (a: Code, b: Code): Code => [...a, ...b, 0xa0];
export const subDouble = (a: Code, b: Code): Code => [...a, ...b, 0xa1];
export const mulDouble = (a: Code, b: Code): Code => [...a, ...b, 0xa2];
export const leastDouble = (a: Code, b: Code): Code => [...a, ...b, 0xa4];
export const mostDouble = (a: Code, b: Code): Code => [...a, ...b, 0xa5];
export const belowDouble = (a: Code, b: Code): Code => [...a, ...b, 0x63];
export const ceiling = (a: Code): Code => [...a, 0x9b];
/** Between the kinds of numbers. What an integer cannot hold: its lowest or highest, or (`wrapped`) its lower 32 bits. */
export const doubleOf = (int32: Code): Code => [...int32, 0xb7];
export const floatOf = (double64: Code): Code => [...double64, 0xb6];
export const whole = (double64: Code): Code => [...double64, 0xfc, 2];
export const wrapped = (double64: Code): Code => [...double64, 0xfc, 6, 0xa7];
/** Integers again: product; whether signed a is below b; a or b by a condition. */
export const mul = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const below = (a: Code, b: Code): Code => [...a, ...b, 0x48];
export const either = (condition: Code, a: Code, b: Code): Code => [...a, ...b, ...condition, 0x1b];
/** Do `body`, and again as long as unsigned a is below b. */
export const again = (body: Code, a: Code, b: Code): Code => [0x03, 0x40, ...body, ...a, ...b, 0x49, 0x0d, 0, 0x0b];
export const load32 = (at: Code, offset = 0): Code => [...at, 0x28, 2, ...unsigned(offset)];
export const when = (condition: Code, then: Code, otherwise: Code): Code => [
  ...[...condition, 0x04, 0x40],
  ...[...then, 0x05, ...otherwise, 0x0b],
];
/** Repeat `body` until local `counter`, raised by `step` after each turn, has reached `end`. */
export const loop = (counter: number, end: number, step: number, body: Code): Code => [
  ...set(counter, int(0)),
  ...[0x03, 0x40, ...body],
  ...set(counter, add(get(counter), int(step))),
  ...[...get(counter), ...int(end), 0x49, 0x0d, 0, 0x0b],
];

const vector = (op: number, ...operands: Code[]): Code => [...operands.flat(), 0xfd, ...unsigned(op)];
/** Sixteen bytes; addresses need not be aligned. */
export const load = (at: Code, offset = 0): Code => [...vector(0x00, at), 0, ...unsigned(offset)];
/** Eight bytes, the rest zero. */
export const loadHalf = (at: Code, offset = 0): Code => [...vector(0x5d, at), 0, ...unsigned(offset)];
/** Four bytes, the rest zero; and four more behind them. */
export const loadQuarter = (at: Code): Code => [...vector(0x5c, at), 2, 0];
export const loadSecond = (at: Code, first: Code): Code => [...vector(0x56, at, first), 2, 0, 1];
export const firstInt = (a: Code): Code => [...vector(0x1b, a), 0];
export const store = (at: Code, value: Code, offset = 0): Code => [...vector(0x0b, at, value), 0, ...unsigned(offset)];
/** The lower eight bytes. */
export const storeHalf = (at: Code, value: Code): Code => [...vector(0x5b, at, value), 0, 0, 0];
export const bytes = (values: Code): Code => [0xfd, 0x0c, ...values];
/** Eight signed 16-bit numbers, repeated until there are eight. */
export const shorts = (values: readonly number[]): Code =>
  bytes(Array.from({ length: 8 }, (_, i) => values[i % values.length]!).flatMap((v) => [v & 255, (v >> 8) & 255]));
/** Bytes of a (0..15) and b (16..31) in a given order. */
export const shuffle = (a: Code, b: Code, order: Code): Code => [...vector(0x0d, a, b), ...order];
export const splat16 = (value: Code): Code => vector(0x10, value);
export const splat32 = (value: number): Code => vector(0x11, int(value));
export const not = (a: Code): Code => vector(0x4d, a);
export const or = (a: Code, b: Code): Code => vector(0x50, a, b);
export const some = (a: Code): Code => vector(0x53, a);
/** Unsigned bytes: two vectors of 16-bit numbers become one; sum that stops at 255, difference
 * at 0; rounded-up mean. */
export const narrow16 = (low: Code, high: Code): Code => vector(0x66, low, high);
export const addBytes = (a: Code, b: Code): Code => vector(0x70, a, b);
export const subBytes = (a: Code, b: Code): Code => vector(0x73, a, b);
export const splat8 = (value: number): Code => vector(0x0f, int(value));
/** All bits of a byte set where a is above b, unsigned. */
export const aboveBytes = (a: Code, b: Code): Code => vector(0x28, a, b);
/** a where a bit of the mask is set, else b. */
export const choose = (a: Code, b: Code, mask: Code): Code => vector(0x52, a, b, mask);
export const meanBytes = (a: Code, b: Code): Code => vector(0x7b, a, b);
/** 16-bit numbers. */
export const scale16 = (a: Code, q15: Code): Code => vector(0x82, a, q15);
export const narrow32 = (low: Code, high: Code): Code => vector(0x85, low, high);
export const low16 = (a: Code): Code => vector(0x89, a);
export const high16 = (a: Code): Code => vector(0x8a, a);
export const right16 = (a: Code, bits: number): Code => vector(0x8d, a, int(bits));
export const add16 = (a: Code, b: Code): Code => vector(0x8e, a, b);
export const sub16 = (a: Code, b: Code): Code => vector(0x91, a, b);
export const mul16 = (a: Code, b: Code): Code => vector(0x95, a, b);
/** 32-bit numbers; `dot` multiplies signed 16-bit numbers and adds neighbours. */
export const right32 = (a: Code, bits: number): Code => vector(0xac, a, int(bits));
export const add32 = (a: Code, b: Code): Code => vector(0xae, a, b);
/** Four floats of 32 bits. */
export const splatFloat = (value: Code): Code => vector(0x13, value);
export const addFloats = (a: Code, b: Code): Code => vector(0xe4, a, b);
export const subFloats = (a: Code, b: Code): Code => vector(0xe5, a, b);
export const mulFloats = (a: Code, b: Code): Code => vector(0xe6, a, b);
export const leastFloats = (a: Code, b: Code): Code => vector(0xe8, a, b);
/** From the lower four of eight 16-bit numbers, and to four 32-bit ones. */
export const floatsOf = (a: Code): Code => vector(0xfa, vector(0xa7, a));
export const wholes = (a: Code): Code => vector(0xf8, a);
export const dot = (a: Code, b: Code): Code => vector(0xba, a, b);

/** A function without result. Its locals are: integer parameters, then float ones, integers, floats, doubles, vectors. */
export interface Func {
  readonly name: string;
  readonly parameters: number;
  readonly floats?: number;
  /** Integers beside the parameters; one if it is not said. */
  readonly counters?: number;
  /** Floats beside the parameters; doubles. */
  readonly singles?: number;
  readonly doubles?: number;
  readonly vectors: number;
  readonly body: Code;
}

const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (name: string): number[] => list([...new TextEncoder().encode(name)].map((byte) => [byte]));

const locals = ({ counters = 1, singles = 0, doubles = 0, vectors }: Func): Code[] =>
  ([[counters, I32], [singles, F32], [doubles, F64], [vectors, V128]] as const).map(([count, kind]) => [...unsigned(count), kind]);

/** The bytes of a module that imports its memory as env.memory. */
export function moduleOf(functions: readonly Func[]): Uint8Array<ArrayBuffer> {
  const types = functions.map((f) => [0x60, ...list([...Array<Code>(f.parameters).fill([I32]), ...Array<Code>(f.floats ?? 0).fill([F32])]), 0]);
  const bodies = functions.map((f) => {
    const code = [...list(locals(f)), ...f.body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text("env"), ...text("memory"), 2, 0, 1]])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(functions.map((f, i) => [...text(f.name), 0, ...unsigned(i)]))),
    ...section(10, list(bodies)),
  ]);
}
